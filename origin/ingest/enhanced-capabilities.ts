/** What the answer to `connect` says of Enhanced RTMP (v2, "Enhancing NetConnection connect Command"). */
import { AUDIO_FOUR_CCS, VIDEO_FOUR_CCS } from './flv.ts'
import type { AmfValue } from './amf-encode.ts'

/** FourCcInfoMask.CanForward: nothing is decoded here. */
const CAN_FORWARD = 4
/** CapsExMask.ModEx. Not multitrack, although its default track is taken: the others would be sent for nothing. */
const MOD_EX = 4

const forwarded = (fourCcs: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(fourCcs).map((fourCc) => [fourCc, CAN_FORWARD]))

/** Encoders look in either object of the answer, so both carry it. */
export const ENHANCED_CAPABILITIES: Readonly<Record<string, AmfValue>> = {
  fourCcList: [...Object.keys(VIDEO_FOUR_CCS), ...Object.keys(AUDIO_FOUR_CCS)],
  videoFourCcInfoMap: forwarded(VIDEO_FOUR_CCS),
  audioFourCcInfoMap: forwarded(AUDIO_FOUR_CCS),
  capsEx: MOD_EX,
}
