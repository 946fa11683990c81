// The language model's step on AVX2, over weights in 4 and 8 bits and a paged cache of keys and values.
//
// All threads of a team walk through the same functions; `claim` deals out the work of a phase and `meet` ends it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define INLINE static inline __attribute__((always_inline))

// A whole number of cache lines.
static inline size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

enum { BLOCK_TOKENS = 32, CHANNELS = 32 };  // a cache block's tokens; head channels that share a scale in it

// ---- team.c

typedef struct team team;
team *team_open(int n_threads);
void team_close(team *);
int team_size(const team *);
void team_run(team *, void (*work)(team *, int thread, void *), void *);
int claim(team *, int n_tasks);  // the next task of this phase, -1 when all are taken
void meet(team *);               // returns once all threads have come

// ---- linear.c

// (rows, columns) = (outputs, inputs). group > 0: 4-bit codes plus 8, the even column in the low nibble, one float16
// scale for `group` columns (32, 64 or 128). group 0: 8-bit codes, one float16 scale a row.
typedef struct {
    const uint8_t *codes;
    const uint16_t *scales;
    int32_t rows, columns, group, unused;
} matrix;

// Inputs of `n` tokens, quantised as a matrix wants them (`inputs_bytes` in all).
typedef struct {
    int8_t *codes;       // group > 0: in each 64 columns the even ones first. Else int16
    float *scales;       // (n, scales_per_token)
    float *corrections;  // (n, scales_per_token): -8 x scale x the sum of the codes, for the 8 in the weights' codes
} inputs;

size_t inputs_bytes(const matrix *, int n);
inputs inputs_at(const matrix *, void *memory, int n);
void quantize(const matrix *, const float *x, inputs, int token);  // x: (columns,) of that token
// y[token * stride + row] for the rows from `first` to `end` and all n tokens. scratch: `scratch_bytes`, a thread's own.
void multiply(const matrix *, inputs, int n, int first, int end, float *y, size_t stride, uint8_t *scratch);
size_t scratch_bytes(const matrix *);

// ---- attention.c

typedef struct {
    int32_t n_heads, n_kv_heads, head_dim;
    int32_t exact;  // keys and values as float32, else 8 bits
} heads;

size_t cache_head_bytes(const heads *);  // keys and values of one block and one key/value head
void store(const heads *, uint8_t *head, int slot, const float *key, const float *value);
// Attention of `n` tokens at positions from `position` on, for the queries of one key/value head:
// q, out: (n, n_heads, head_dim), already at the head's first query. blocks: the sequence's; `layer` + block * step is
// the block's part for this head. scratch: `attention_bytes`, a thread's own.
typedef struct {
    const float *q;
    float *out;
    int n, position;
    const int32_t *blocks;
    const uint8_t *layer;
    size_t step;
} asked;
enum { TILE_QUERIES = 16 };
int tile_tokens(const heads *);  // the most tokens of one `attend`
size_t attention_bytes(const heads *);
void attend(const heads *, asked, float *scratch);
void silu_times(float *gate, const float *up, int n);  // gate = gate x sigmoid(gate) x up
