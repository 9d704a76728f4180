/** hls.js without what Bellhop's playlists have not; its package types the whole alone. */
declare module 'hls.js/light' {
  export { default as Hls } from 'hls.js'
}
