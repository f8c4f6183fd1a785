/** The build without subtitles, alternate audio and DRM has the same types. */
declare module 'hls.js/light' {
  export * from 'hls.js'
  export { default as Hls } from 'hls.js'
}
