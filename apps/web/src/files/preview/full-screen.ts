/** What Safari on an iPhone has instead: its own player takes the screen, with its own captions menu. */
interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void
}

/** Fills the screen with the frame, where the browser can, else with the video alone; where it is filled already, leaves it. */
export function enterFullscreen(frame: HTMLElement | null, video: PhoneVideo | null): void {
  if (frame !== null && 'requestFullscreen' in frame) {
    void (document.fullscreenElement === null ? frame.requestFullscreen() : document.exitFullscreen())
  } else video?.webkitEnterFullscreen?.()
}
