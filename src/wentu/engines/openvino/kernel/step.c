// One call of the language model: rows of several sequences through all layers. Reference: transformers 5.23,
// Qwen3VLTextModel. What is given is trusted: `text_model.py` checks every count and index before.
#include "kernel.h"

#include <cpuid.h>
#include <math.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { ROWS_A_TASK = 16 };

typedef struct {
    const float *input_norm, *post_norm, *query_norm, *key_norm;
    matrix query, key, value, output, gate, up, down;
} layer;

typedef struct {
    heads heads;
    int32_t n_layers, hidden, intermediate, n_deepstack, n_blocks;
    float eps;
    const layer *layers;
    const float *norm;
    matrix head;
    uint8_t *cache;  // (n_layers, n_blocks, n_kv_heads, cache_head_bytes)
} model;

// `n` rows; sequence s has those from begins[s] to begins[s + 1], after past[s] tokens, in the blocks from
// blocks + block_begins[s] on.
typedef struct {
    int32_t n, n_sequences, n_wanted, unused;
    float *x;  // (n, hidden): the embedded tokens; overwritten
    const float *cos, *sin;  // (n, head_dim)
    const float *deepstack;  // (n_deepstack, n, hidden) or NULL
    const int32_t *begins, *past, *blocks, *block_begins;
    const int32_t *wanted;  // (n_wanted,) rows whose logits are wanted
    float *logits;          // (n_wanted, vocabulary)
} batch;

typedef struct {
    float *query, *key, *value, *attended, *gate, *up, *normed;
    void *inputs;
    char *threads;  // scratch, `thread_bytes` each
    size_t thread_bytes;
} workspace;

typedef struct {
    const model *m;
    const batch *b;
    workspace w;
} call;

// What a task of a product does with the rows that it has computed.
typedef struct {
    const matrix *matrix;
    float *y;  // (n, rows)
} product;

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }
static int tasks_of(const matrix *m) { return (m->rows + ROWS_A_TASK - 1) / ROWS_A_TASK; }
static int end_of(const matrix *m, int task) {
    int end = (task + 1) * ROWS_A_TASK;
    return end < m->rows ? end : m->rows;
}

static size_t input_bytes(const model *m, int n) {
    size_t most = inputs_bytes(&m->head, n);
    for (int l = 0; l < m->n_layers; l++) {
        const matrix *all = &m->layers[l].query;
        for (int i = 0; i < 7; i++) most = larger(most, inputs_bytes(all + i, n));
    }
    return aligned(most);
}

static size_t thread_bytes(const model *m) {
    size_t most = larger(attention_bytes(&m->heads), scratch_bytes(&m->head));
    for (int l = 0; l < m->n_layers; l++) {
        const matrix *all = &m->layers[l].query;
        for (int i = 0; i < 7; i++) most = larger(most, scratch_bytes(all + i));
    }
    return aligned(most) + 64;
}

// Lays the parts of the working memory out from `memory` on; returns how much they take.
static size_t lay_out(const model *m, int n, int n_threads, uintptr_t memory, workspace *w) {
    size_t at = 0, rows = (size_t)n, dim = (size_t)m->heads.head_dim;
    size_t queries = (size_t)m->heads.n_heads * dim, keys = (size_t)m->heads.n_kv_heads * dim;
    float **parts[] = {&w->query, &w->key, &w->value, &w->attended, &w->gate, &w->up, &w->normed};
    size_t hidden = (size_t)m->hidden, inner = (size_t)m->intermediate;
    size_t widths[] = {queries, keys, keys, queries, inner, inner, hidden};
    for (int i = 0; i < 7; i++) {
        *parts[i] = (float *)(memory + at);
        at += aligned(widths[i] * rows * sizeof(float));
    }
    w->inputs = (void *)(memory + at);
    at += input_bytes(m, n);
    w->threads = (char *)(memory + at);
    w->thread_bytes = thread_bytes(m);
    return at + w->thread_bytes * (size_t)n_threads;
}

// n: a multiple of 8
AVX2 static void rms_norm(const float *x, const float *gain, int n, float eps, float *out) {
    float lanes[8] = {0}, total = 0;
    for (int i = 0; i < n; i += 8)
        for (int k = 0; k < 8; k++) lanes[k] += x[i + k] * x[i + k];
    for (int k = 0; k < 8; k++) total += lanes[k];
    float factor = 1.0f / sqrtf(total / (float)n + eps);
    for (int i = 0; i < n; i++) out[i] = x[i] * factor * gain[i];
}

// Rows of x, normed, as the inputs of a matrix. `rows`: which, or NULL for all.
static inputs norm_phase(team *t, const call *c, const float *gain, const matrix *m, const int32_t *rows, int n) {
    inputs in = inputs_at(m, c->w.inputs, n);
    for (int i; (i = claim(t, n)) >= 0;) {
        float *normed = c->w.normed + (size_t)i * (size_t)c->m->hidden;
        rms_norm(c->b->x + (size_t)(rows ? rows[i] : i) * (size_t)c->m->hidden, gain, c->m->hidden, c->m->eps, normed);
        quantize(m, normed, in, i);
    }
    meet(t);
    return in;
}

static inputs quantize_phase(team *t, const call *c, const float *x, const matrix *m) {
    inputs in = inputs_at(m, c->w.inputs, c->b->n);
    for (int i; (i = claim(t, c->b->n)) >= 0;) quantize(m, x + (size_t)i * (size_t)m->columns, in, i);
    meet(t);
    return in;
}

static void multiply_task(product p, inputs in, int n, int task, char *scratch) {
    multiply(p.matrix, in, n, task * ROWS_A_TASK, end_of(p.matrix, task), p.y, (size_t)p.matrix->rows,
             (uint8_t *)scratch);
}

// Matrices that have the same inputs.
static void product_phase(team *t, const product *products, int count, inputs in, int n, char *scratch) {
    int total = 0;
    for (int i = 0; i < count; i++) total += tasks_of(products[i].matrix);
    for (int task; (task = claim(t, total)) >= 0;) {
        int i = 0;
        while (task >= tasks_of(products[i].matrix)) task -= tasks_of(products[i++].matrix);
        multiply_task(products[i], in, n, task, scratch);
    }
    meet(t);
}

// x += the product. `deepstack`: (n, hidden) to be added too, or NULL.
static void residual_phase(team *t, const call *c, product p, inputs in, const float *deepstack, char *scratch) {
    size_t rows = (size_t)p.matrix->rows;
    for (int task; (task = claim(t, tasks_of(p.matrix))) >= 0;) {
        multiply_task(p, in, c->b->n, task, scratch);
        size_t first = (size_t)task * ROWS_A_TASK, end = (size_t)end_of(p.matrix, task);
        for (size_t i = 0; i < (size_t)c->b->n; i++)
            for (size_t r = i * rows + first; r < i * rows + end; r++)
                c->b->x[r] += p.y[r] + (deepstack ? deepstack[r] : 0.0f);
    }
    meet(t);
}

static void gate_phase(team *t, const call *c, const layer *l, inputs in, char *scratch) {
    product gate = {&l->gate, c->w.gate}, up = {&l->up, c->w.up};
    for (int task; (task = claim(t, tasks_of(&l->gate))) >= 0;) {
        multiply_task(gate, in, c->b->n, task, scratch);
        multiply_task(up, in, c->b->n, task, scratch);
        int first = task * ROWS_A_TASK, end = end_of(&l->gate, task);
        for (int i = 0; i < c->b->n; i++) {
            size_t at = (size_t)i * (size_t)l->gate.rows + (size_t)first;
            silu_times(gate.y + at, up.y + at, end - first);
        }
    }
    meet(t);
}

// Norms a head and turns it, in place.
AVX2 static void turn(float *x, const float *gain, const float *cos, const float *sin, int dim, float eps) {
    rms_norm(x, gain, dim, eps, x);
    for (int i = 0, half = dim / 2; i < half; i++) {
        float first = x[i], second = x[i + half];
        x[i] = first * cos[i] - second * sin[i];
        x[i + half] = second * cos[i + half] + first * sin[i + half];
    }
}

static int sequence_of(const batch *b, int row) {
    int s = 0;
    while (row >= b->begins[s + 1]) s++;
    return s;
}

static int tiles_of(const batch *b, int s, int tile) { return (b->begins[s + 1] - b->begins[s] + tile - 1) / tile; }

static size_t layer_bytes(const model *m) {
    return (size_t)m->n_blocks * (size_t)m->heads.n_kv_heads * cache_head_bytes(&m->heads);
}

// Queries and keys are normed and turned; keys and values go into the cache. A task: a row and a key/value head.
static void store_phase(team *t, const call *c, const layer *l, uint8_t *cache) {
    const model *m = c->m;
    int dim = m->heads.head_dim, n_kv = m->heads.n_kv_heads, group = m->heads.n_heads / n_kv;
    size_t bytes = cache_head_bytes(&m->heads);
    for (int task; (task = claim(t, c->b->n * n_kv)) >= 0;) {
        int row = task / n_kv, head = task % n_kv, s = sequence_of(c->b, row);
        const float *cos = c->b->cos + (size_t)row * (size_t)dim, *sin = c->b->sin + (size_t)row * (size_t)dim;
        float *queries = c->w.query + ((size_t)row * (size_t)m->heads.n_heads + (size_t)(head * group)) * (size_t)dim;
        for (int i = 0; i < group; i++) turn(queries + i * dim, l->query_norm, cos, sin, dim, m->eps);
        size_t at = ((size_t)row * (size_t)n_kv + (size_t)head) * (size_t)dim;
        turn(c->w.key + at, l->key_norm, cos, sin, dim, m->eps);
        int position = c->b->past[s] + row - c->b->begins[s];
        size_t block = (size_t)c->b->blocks[c->b->block_begins[s] + position / BLOCK_TOKENS];
        uint8_t *place = cache + (block * (size_t)n_kv + (size_t)head) * bytes;
        store(&m->heads, place, position % BLOCK_TOKENS, c->w.key + at, c->w.value + at);
    }
    meet(t);
}

// A task: a key/value head and a tile of neighbouring rows of one sequence, the longest first.
static void attend_phase(team *t, const call *c, const uint8_t *cache, char *scratch) {
    const heads *h = &c->m->heads;
    const batch *b = c->b;
    int tile = tile_tokens(h), tiles = 0, group = h->n_heads / h->n_kv_heads;
    size_t bytes = cache_head_bytes(h);
    for (int s = 0; s < b->n_sequences; s++) tiles += tiles_of(b, s, tile);
    for (int task; (task = claim(t, tiles * h->n_kv_heads)) >= 0;) {
        int head = task % h->n_kv_heads, index = tiles - 1 - task / h->n_kv_heads, s = 0;
        while (index >= tiles_of(b, s, tile)) index -= tiles_of(b, s++, tile);
        int row = b->begins[s] + index * tile, left = b->begins[s + 1] - row;
        size_t at = ((size_t)row * (size_t)h->n_heads + (size_t)(head * group)) * (size_t)h->head_dim;
        asked a = {c->w.query + at, c->w.attended + at, left < tile ? left : tile, b->past[s] + index * tile,
                   b->blocks + b->block_begins[s], cache + (size_t)head * bytes, (size_t)h->n_kv_heads * bytes};
        attend(h, a, (float *)(void *)scratch);
    }
    meet(t);
}

static void layer_phases(team *t, const call *c, int index, char *scratch) {
    const layer *l = &c->m->layers[index];
    size_t n = (size_t)c->b->n, hidden = (size_t)c->m->hidden;
    uint8_t *cache = c->m->cache + (size_t)index * layer_bytes(c->m);
    product qkv[] = {{&l->query, c->w.query}, {&l->key, c->w.key}, {&l->value, c->w.value}};
    inputs in = norm_phase(t, c, l->input_norm, &l->query, NULL, c->b->n);
    product_phase(t, qkv, 3, in, c->b->n, scratch);
    store_phase(t, c, l, cache);
    attend_phase(t, c, cache, scratch);
    in = quantize_phase(t, c, c->w.attended, &l->output);
    residual_phase(t, c, (product){&l->output, c->w.normed}, in, NULL, scratch);
    in = norm_phase(t, c, l->post_norm, &l->gate, NULL, c->b->n);
    gate_phase(t, c, l, in, scratch);
    in = quantize_phase(t, c, c->w.gate, &l->down);
    const float *visual = index < c->m->n_deepstack ? c->b->deepstack : NULL;
    residual_phase(t, c, (product){&l->down, c->w.normed}, in, visual ? visual + (size_t)index * n * hidden : NULL, scratch);
}

static void work(team *t, int thread, void *argument) {
    const call *c = argument;
    char *scratch = c->w.threads + (size_t)thread * c->w.thread_bytes;
    for (int index = 0; index < c->m->n_layers; index++) layer_phases(t, c, index, scratch);
    if (!c->b->n_wanted) return;
    inputs in = norm_phase(t, c, c->m->norm, &c->m->head, c->b->wanted, c->b->n_wanted);
    product logits = {&c->m->head, c->b->logits};
    product_phase(t, &logits, 1, in, c->b->n_wanted, scratch);
}

EXPORT team *wentu_open(int n_threads) { return team_open(n_threads); }
EXPORT void wentu_close(team *t) { team_close(t); }

EXPORT size_t wentu_cache_bytes(const model *m) { return (size_t)m->heads.n_kv_heads * cache_head_bytes(&m->heads); }

EXPORT size_t wentu_workspace_bytes(const team *t, const model *m, int n) {
    workspace w;
    return lay_out(m, n, team_size(t), 0, &w) + 64;
}

EXPORT void wentu_run(team *t, const model *m, const batch *b, void *memory) {
    call c = {.m = m, .b = b};
    lay_out(m, b->n, team_size(t), aligned((uintptr_t)memory), &c.w);
    team_run(t, work, &c);
}

// 1: this processor has what the kernel needs. 2: it multiplies 8-bit integers in one instruction (VNNI).
EXPORT int wentu_processor(void) {
    unsigned eax, ebx, ecx = 0, edx;
    int found = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (!found || !__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx >> 29 & 1)) return 0;  // F16C
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return 1;
    unsigned vnni = ecx >> 11 & 1;  // AVX512-VNNI
    if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) vnni |= eax >> 4 & 1;  // AVX-VNNI
    return vnni ? 3 : 1;
}
