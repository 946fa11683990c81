#!/usr/bin/env bash
# llm.sh PICTURE QUESTION: the `llm` command line (pip install llm), which learns of wentu from a file in its folder.
set -euo pipefail
address=${WENTU_ADDRESS:-http://127.0.0.1:8760}

# To keep it, put the file where `dirname "$(llm logs path)"` says, and leave these two lines out.
LLM_USER_PATH=$(mktemp -d) && export LLM_USER_PATH
trap 'rm -r "$LLM_USER_PATH"' EXIT
cat > "$LLM_USER_PATH/extra-openai-models.yaml" <<YAML
- model_id: wentu
  model_name: stable
  api_base: $address/v1
  vision: true
YAML
llm --no-log --key "${WENTU_KEY:-not-needed-on-loopback}" --model wentu --attachment "$1" "$2"
