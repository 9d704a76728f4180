const dialog = document.querySelector('dialog')

/** Asks for a text; '' when it is called off. */
export function ask(what, value, note) {
  dialog.querySelector('label span').textContent = what
  dialog.querySelector('p').textContent = note
  const input = dialog.querySelector('input')
  input.value = value
  dialog.returnValue = ''
  dialog.showModal()
  input.select()
  return new Promise((resolve) => {
    const closed = () => resolve(dialog.returnValue === 'ok' ? input.value.trim() : '')
    dialog.addEventListener('close', closed, { once: true })
  })
}
