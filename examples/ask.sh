#!/usr/bin/env bash
# ask.sh PICTURE QUESTION: uploads a picture and streams the answer's chunks; needs curl alone.
set -euo pipefail
address=${WENTU_ADDRESS:-http://127.0.0.1:8760}
key=(${WENTU_KEY:+-H "Authorization: Bearer $WENTU_KEY"})

id=$(curl -sf "${key[@]}" -F "file=@$1" "$address/v1/pictures" | grep -o 'pic_[0-9a-f]*' | head -n 1)
question=$(printf '%s' "$2" | sed 's/\\/\\\\/g; s/"/\\"/g')
curl -sfN "${key[@]}" "$address/v1/chat/completions" -H 'Content-Type: application/json' -d '{
  "model": "stable", "stream": true,
  "messages": [{"role": "user", "content": [
    {"type": "text", "text": "'"$question"'"},
    {"type": "image_url", "image_url": {"url": "wentu:'"$id"'"}}]}]}'
