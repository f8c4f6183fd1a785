/** The product's own short list, in the two languages of its pages. A channel allows what is ordinary to it. */
import { wordList } from './words.ts'

const INDONESIAN =
  'anjing anjir anjay bangsat bajingan brengsek keparat kampret kontol memek ngentot ngentod entot pepek jembut peler ' +
  'titit itil tolol goblok goblog bego bencong banci lonte pelacur perek jablay ngewe ngocok coli colmek asu jancok ' +
  'jancuk cuk tai taik tempik puki pukimak pantek bacot setan iblis babi monyet'
const ENGLISH =
  'fuck fucker fucking motherfucker shit bullshit bitch asshole bastard cunt dick dickhead cock pussy whore slut nigger ' +
  'nigga faggot fag retard twat wanker jerkoff cum blowjob porn bokep rape rapist'

export const PROFANITY = wordList(`${INDONESIAN} ${ENGLISH}`.split(' '))
