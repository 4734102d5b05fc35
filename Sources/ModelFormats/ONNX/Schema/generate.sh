#!/usr/bin/env bash
# Writes onnx_messages.pb.swift from onnx_messages.proto.
#
# Needs `protoc` (Debian: protobuf-compiler) and a resolved package (`swift package resolve`); builds protoc-gen-swift
# in release from the version of swift-protobuf that the package uses, a few CPU-minutes the first time.
set -euo pipefail
schema=$(cd "$(dirname "$0")" && pwd)
package=$(cd "$schema/../../../.." && pwd)
plugin=${PROTOC_GEN_SWIFT:-}
if [ -z "$plugin" ]; then
  scratch=${TMPDIR:-/tmp}/innov4sme-protoc-gen-swift
  swift build -c release --product protoc-gen-swift --package-path "$package/.build/checkouts/swift-protobuf" \
    --scratch-path "$scratch"
  plugin=$scratch/release/protoc-gen-swift
fi
protoc --plugin="protoc-gen-swift=$plugin" --proto_path="$schema" --swift_out="$schema" \
  --swift_opt=Visibility=Internal onnx_messages.proto
