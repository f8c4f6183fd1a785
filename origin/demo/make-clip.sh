#!/bin/sh
# Makes clip.flv, the demo's broadcast. Only for whoever wants another clip: the product itself needs no ffmpeg.
# Everything that moves has a whole number of periods in SECONDS, so that the loop has no seam.
set -eu
cd "$(dirname "$0")"
SECONDS_LONG=8
RATE=30
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
FONT=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf}

# A stage: dark hall, three sweeping lights from above, a warm floor. Small first, because light has no edges.
turn="2*PI*T/$SECONDS_LONG"
beam() { # position, width and strength of one light
  printf '%s*exp(-pow((X/W-(%s))/(%s*(0.25+Y/H)),2))*(1-0.55*Y/H)' "$3" "$1" "$2"
}
left=$(beam "0.22+0.12*sin($turn)*Y/H" 0.12 150)
middle=$(beam "0.5+0.16*sin(2*$turn+1)*Y/H" 0.14 130)
right=$(beam "0.78+0.12*sin($turn+2)*Y/H" 0.12 150)
floor="70*exp(-pow((Y/H-1)/0.16,2))*(0.8+0.2*sin($turn))"

# Chord tones of C major with added ninth; each frequency is a multiple of 1/8 Hz, so its last sample meets its first.
breath="(0.75+0.25*cos(2*PI*t/4))"
chord="$breath*(0.10*sin(2*PI*130.75*t)+0.07*sin(2*PI*196*t)+0.06*sin(2*PI*261.625*t)+0.05*sin(2*PI*329.625*t)*(0.5+0.5*sin(2*PI*t/2))+0.04*sin(2*PI*293.625*t)*(0.5+0.5*cos(2*PI*t/8)))"

ffmpeg -hide_banner -loglevel error -y \
  -f lavfi -i "nullsrc=size=320x180:rate=$RATE:duration=$SECONDS_LONG,format=gbrp,geq=r='min(255,18+0.95*($left)+0.35*($middle)+0.55*($right)+1.0*($floor))':g='min(255,12+0.25*($left)+0.75*($middle)+0.30*($right)+0.45*($floor))':b='min(255,30+0.55*($left)+0.80*($middle)+1.00*($right)+0.25*($floor))'" \
  -filter_complex "[0:v]scale=1280:720:flags=bicubic,format=yuv420p,\
drawtext=fontfile=$FONT:text='P A N G G U N G':fontsize=92:fontcolor=white:shadowcolor=black@0.5:shadowx=3:shadowy=3:x=(w-tw)/2:y=h*0.40,\
drawtext=fontfile=$FONT:text='siaran demo':fontsize=34:fontcolor=white@0.85:x=(w-tw)/2:y=h*0.57,\
drawtext=fontfile=$FONT:text='%{eif\:t+1\:d\:1} / $SECONDS_LONG   gambar %{eif\:n+1\:d\:3}':fontsize=30:fontcolor=white@0.85:x=(w-tw)/2:y=h*0.86[v]" \
  -map '[v]' \
  -c:v libx264 -profile:v high -level 3.1 -preset veryslow -b:v 900k -maxrate 1000k -bufsize 1000k \
  -x264-params "keyint=$((2 * RATE)):min-keyint=$((2 * RATE)):scenecut=0:bframes=0:ref=4" -pix_fmt yuv420p \
  "$work/video.mp4"

# Three rounds, of which the middle one is kept: 8 s are exactly 375 AAC frames, and a frame overlaps its
# neighbours, so only frames from inside the sound fit together at the seam.
ffmpeg -hide_banner -loglevel error -y \
  -f lavfi -i "aevalsrc=exprs='$chord|$chord':sample_rate=48000:duration=$((3 * SECONDS_LONG))" \
  -c:a aac -b:a 96k "$work/sound.aac"

ffmpeg -hide_banner -loglevel error -y \
  -i "$work/video.mp4" -ss "$SECONDS_LONG" -t "$SECONDS_LONG" -i "$work/sound.aac" \
  -map 0:v -map 1:a -c copy -f flv -flvflags no_duration_filesize clip.flv
ls -l clip.flv
