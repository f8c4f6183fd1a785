/**
 * Who downloads a video, as an edge says it to the origin: a name that stands for an address and says nothing else.
 * Origins count by it, because all edges meet there.
 */
export const DOWNLOADER_HEADER = 'x-downloader'
