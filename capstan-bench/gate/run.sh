#!/usr/bin/env bash
# Runs a fixed set of jobs with one checkout of Capstan and leaves what they write, so that two
# checkouts can be compared bit for bit (compare.sh; docs/gate.md).
#
#   run.sh CHECKOUT CIFAR WEIGHTS OUT [fast]
#
# CHECKOUT  a built checkout, whose ./capstan is run
# CIFAR     folder with CIFAR-10 as image files, train/CLASS/*.jpg and test/CLASS/*.jpg
# WEIGHTS   folder with resnet20-jpeg.safetensors
# OUT       folder for the results, made anew
# fast      only the third of the jobs that takes little time
set -euo pipefail

checkout=$(cd "$1" && pwd)
cifar=$(cd "$2" && pwd)
weights=$(cd "$3" && pwd)
rm -rf "$4"
mkdir -p "$4"
out=$(cd "$4" && pwd)
which=${5-all}
fixtures=$checkout/capstan-core/src/test/resources/dev/capstan/fixtures

capstan() { "$checkout/capstan" --quiet "$@"; }
compress() { capstan compress --json --threads 1 --precision fp32 --seed 1 -o small.onnx "$@" >result.json; }
train() { capstan train --json --threads 1 --precision fp32 --seed 1 -o trained.onnx "$@" >result.json; }

# A job is a function; the folder that it runs in is named after it and its argument.
job() {
  local folder=$out/$1${2:+-$2}
  mkdir -p "$folder"
  echo "gate: $*" >&2
  (cd "$folder" && "$@")
}

# The images, the same for every checkout: links, so that nothing is copied.
prepare() {
  mkdir -p "$out/images/flat" "$out/images/few"
  local class file i
  for class in "$cifar"/train/*/; do
    class=$(basename "$class")
    mkdir -p "$out/images/classes/$class" "$out/images/val/$class"
    for i in $(seq -f %04g 0 99); do
      file=$cifar/train/$class/$i.jpg
      ln -s "$file" "$out/images/classes/$class/$i.jpg"
      ln -s "$file" "$out/images/flat/$class-$i.jpg"
    done
    for i in $(seq -f %04g 0 31); do
      ln -s "$cifar/train/$class/$i.jpg" "$out/images/few/$class-$i.jpg"
    done
    for i in $(seq -f %04g 0 49); do
      ln -s "$cifar/test/$class/$i.jpg" "$out/images/val/$class/$i.jpg"
    done
  done
  capstan convert resnet20 --weights "$weights/resnet20-jpeg.safetensors" -o "$out/images/resnet20.onnx" >/dev/null
}

images=../images
resnet=$images/resnet20.onnx

fixture() {
  compress "$fixtures/$1.onnx" --data $images/few --crop 16 --keep-macs 0.5 --few-images --learn-images 320 --fine-tune-epochs 1
}
method() { # flat images, no labels
  compress $resnet --data $images/flat --val $images/val --keep-macs 0.5 --learn-images 1280 --method "$1"
}
few-images() { compress $resnet --data $images/flat --keep-macs 0.25 --few-images --learn-images 640; }
residual-project() {
  compress $resnet --data $images/classes --val $images/val --residual project --keep-macs 0.4 --learn-images 640 --fine-tune-epochs 1 --ema 0.9
}
plan() {
  capstan plan $resnet --json --data $images/flat --threads 1 --precision fp32 --seed 1 --keep-parameters 0.6 --multiple 4 -o plan.json >plan-result.json
  compress $resnet --data $images/flat --plan plan.json --method activation
}
max-drop() { compress $resnet --data $images/flat --max-drop 10 --method activation --fine-tune-epochs 1 || [ $? = 3 ]; }
compare() {
  capstan compare $resnet --json --data $images/classes --val $images/val --methods cap,fpgm --keep-macs 0.5,0.25 \
    --threads 1 --precision fp32 --learn-images 640 --fine-tune-epochs 1 --out rows >result.json
}
train-taught() { train $resnet --data $images/classes --val $images/val --teacher $resnet --epochs 1; }
train-labels() { train $resnet --data $images/classes --val $images/val --epochs 1 --batch 100; }
train-killed() {
  capstan train $resnet --data $images/flat --teacher $resnet --epochs 3 --threads 1 --precision fp32 --seed 1 \
    -o trained.onnx >/dev/null 2>&1 &
  local pid=$!
  # Stopped between the first epoch's checkpoint and the end.
  until [ -e trained.onnx.checkpoint ]; do sleep 0.2; done
  kill -TERM $pid
  wait $pid && { echo "gate: the run ended before it was killed" >&2; return 1; }
  train $resnet --data $images/flat --teacher $resnet --epochs 3
}

prepare
for name in plain-script-13 mobilenet-v2-dynamo-18 detector-script-11; do job fixture "$name"; done
job method l1
job method cap
job few-images
job plan
job train-taught
if [ "$which" = all ]; then
  for name in residual-b-dynamo-20 dense-dynamo-18 inception-script-13 shufflenet-v2-script-13 unet-resized-script-13; do
    job fixture "$name"
  done
  for name in pca fpgm taylor activation random; do job method "$name"; done
  job residual-project
  job max-drop
  job compare
  job train-labels
  job train-killed
fi
