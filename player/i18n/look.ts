import { dictionary } from './dictionary.ts'

/** Font, colours and text size of what OBS shows. */
export const t = dictionary({
  id: {
    font: 'Huruf',
    font_sans: 'Biasa',
    font_rounded: 'Membulat',
    font_serif: 'Berkait',
    font_mono: 'Selebar sama',
    textSize: 'Ukuran teks: {value} px',
    textColour: 'Warna teks',
    accentColour: 'Warna aksen',
    cardColour: 'Warna latar',
    cardOpacity: 'Kepekatan latar: {value}%',
    nameColour: 'Warna nama dan jumlah',
  },
  en: {
    font: 'Font',
    font_sans: 'Plain',
    font_rounded: 'Rounded',
    font_serif: 'Serif',
    font_mono: 'Fixed width',
    textSize: 'Text size: {value} px',
    textColour: 'Text colour',
    accentColour: 'Accent colour',
    cardColour: 'Background colour',
    cardOpacity: 'Background opacity: {value}%',
    nameColour: 'Colour of name and amount',
  },
})
