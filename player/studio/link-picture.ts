/**
 * What chats show for links to the channel: its banner with its name, or its name on the stage. Drawn here, because
 * a browser has every font and reads every picture; the edge has neither on some platforms.
 */
import { LINK_PICTURE, type LinkPictureSource } from '../../shared/contracts/studio.ts'
import { call } from '../lib/api.ts'
import { smallJpeg } from '../lib/small-jpeg.ts'
import { fittedLines } from './fitted-lines.ts'

const { width: WIDTH, height: HEIGHT } = LINK_PICTURE
const MARGIN = 80
const FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
/** Of player/ui/styles/tokens.css, in the dark: the same picture for everybody. */
const COLOURS = { stage: '#1d1029', floor: '#fff3d6', beam: '#ffb22e', text: '#f8f0fb', site: '#ffc355' }

export interface DrawnChannel {
  readonly slug: string
  readonly title: string
  readonly bannerUrl: string | null
}

/** Throws when this browser cannot draw it, or the server does not take it. */
export async function renewLinkPicture(
  { slug, title, bannerUrl }: DrawnChannel,
  { siteName, signal }: { siteName: string; signal: AbortSignal },
): Promise<void> {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const context = canvas.getContext('2d')
  if (!context) throw new Error('There is no canvas')
  const banner = bannerUrl === null ? undefined : await loaded(bannerUrl)
  if (banner) drawBanner(context, banner)
  else drawStage(context)
  drawWords(context, { title, siteName, isLow: banner !== undefined })
  const body = await smallJpeg(canvas, LINK_PICTURE.maxBytes)
  signal.throwIfAborted()
  const drawnFrom: LinkPictureSource = { title, bannerUrl: bannerUrl ?? '' }
  const query = new URLSearchParams({ ...drawnFrom })
  await call('PUT', `/api/studio/${slug}/link-picture?${query}`, { body, signal })
}

async function loaded(url: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = url
  await image.decode()
  return image
}

/** Covers all of it, and is darker where the words stand. */
function drawBanner(context: CanvasRenderingContext2D, banner: HTMLImageElement): void {
  const { naturalWidth, naturalHeight } = banner
  const scale = Math.max(WIDTH / naturalWidth, HEIGHT / naturalHeight)
  const [width, height] = [naturalWidth * scale, naturalHeight * scale]
  // What is transparent in the banner.
  context.fillStyle = COLOURS.stage
  context.fillRect(0, 0, WIDTH, HEIGHT)
  context.drawImage(banner, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height)
  const shade = context.createLinearGradient(0, HEIGHT * 0.3, 0, HEIGHT * 0.75)
  shade.addColorStop(0, 'rgb(29 16 41 / 0)')
  shade.addColorStop(1, 'rgb(29 16 41 / 85%)')
  context.fillStyle = shade
  context.fillRect(0, 0, WIDTH, HEIGHT)
}

/** The spotlight of the logo, on the whole stage. */
function drawStage(context: CanvasRenderingContext2D): void {
  context.fillStyle = COLOURS.stage
  context.fillRect(0, 0, WIDTH, HEIGHT)
  const beam = context.createLinearGradient(0, 0, 0, HEIGHT)
  beam.addColorStop(0, 'rgb(255 178 46 / 45%)')
  beam.addColorStop(1, 'rgb(255 178 46 / 8%)')
  context.fillStyle = beam
  context.beginPath()
  context.moveTo(WIDTH * 0.44, 0)
  context.lineTo(WIDTH * 0.56, 0)
  context.lineTo(WIDTH * 0.86, HEIGHT * 0.86)
  context.lineTo(WIDTH * 0.14, HEIGHT * 0.86)
  context.fill()
  context.fillStyle = COLOURS.beam
  context.beginPath()
  context.ellipse(WIDTH / 2, HEIGHT * 0.86, WIDTH * 0.36, HEIGHT * 0.05, 0, 0, 2 * Math.PI)
  context.fill()
}

interface Words {
  readonly title: string
  readonly siteName: string
  /** At the lower edge, so that the banner is seen; else in the middle. */
  readonly isLow: boolean
}

function drawWords(context: CanvasRenderingContext2D, { title, siteName, isLow }: Words): void {
  const { lines, sizePx } = fittedLines(title, {
    maxWidth: WIDTH - 2 * MARGIN,
    maxLines: 3,
    sizesPx: [104, 88, 72, 60],
    widthOf: (text, size) => {
      context.font = `700 ${size}px ${FONT}`
      return context.measureText(text).width
    },
  })
  const leading = sizePx * 1.15
  const siteSize = 40
  const height = lines.length * leading + siteSize * 1.4
  let y = isLow ? HEIGHT - MARGIN * 0.75 - height : (HEIGHT - height) / 2
  context.textBaseline = 'top'
  context.textAlign = isLow ? 'left' : 'center'
  const x = isLow ? MARGIN : WIDTH / 2
  context.fillStyle = COLOURS.text
  context.font = `700 ${sizePx}px ${FONT}`
  for (const line of lines) {
    context.fillText(line, x, y)
    y += leading
  }
  context.fillStyle = COLOURS.site
  context.font = `600 ${siteSize}px ${FONT}`
  context.fillText(siteName, x, y + siteSize * 0.3, WIDTH - 2 * MARGIN)
}
