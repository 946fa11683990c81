// Attention over the paged cache, a block at a time with a running maximum (Milakov and Gimelshein,
// arXiv:1805.02867), and the two other places that need an exponential.
//
// A block's part for one key/value head: keys (head_dim, 32 tokens), values (32 tokens, head_dim), as float32 or as
// signed bytes; then follow the scales, one for 32 channels of a token: keys (head_dim / 32, 32 tokens), values
// (32 tokens, head_dim / 32). Keys lie across so that a vector holds the scores of 8 tokens.
#include "kernel.h"

#include <immintrin.h>
#include <math.h>

static int n_values(const heads *h) { return BLOCK_TOKENS * h->head_dim; }

size_t cache_head_bytes(const heads *h) {
    size_t values = 2 * (size_t)n_values(h);
    return h->exact ? values * sizeof(float) : values + values / CHANNELS * sizeof(float);
}

// exp(x) for x <= 88: 2^n x 2^f with the series of 2^f to the sixth power, right to 2 units in the last place.
INLINE AVX2 __m256 exponential(__m256 x) {
    x = _mm256_max_ps(x, _mm256_set1_ps(-87.0f));
    __m256 turns = _mm256_mul_ps(x, _mm256_set1_ps(1.44269504f));
    __m256 whole = _mm256_round_ps(turns, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 f = _mm256_fmadd_ps(whole, _mm256_set1_ps(-0.693145752f), x);  // ln 2 in two parts
    f = _mm256_fmadd_ps(whole, _mm256_set1_ps(-1.42860677e-6f), f);
    __m256 y = _mm256_set1_ps(1.0f / 720);
    const float series[] = {1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f};
    for (int i = 0; i < 6; i++) y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(series[i]));
    __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(whole), _mm256_set1_epi32(127)), 23);
    return _mm256_mul_ps(y, _mm256_castsi256_ps(exponent));
}

AVX2 void silu_times(float *gate, const float *up, int n) {
    const __m256 one = _mm256_set1_ps(1.0f), zero = _mm256_setzero_ps(), most = _mm256_set1_ps(88.0f);
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 g = _mm256_loadu_ps(gate + i);
        __m256 below = exponential(_mm256_min_ps(_mm256_sub_ps(zero, g), most));
        g = _mm256_mul_ps(_mm256_div_ps(g, _mm256_add_ps(one, below)), _mm256_loadu_ps(up + i));
        _mm256_storeu_ps(gate + i, g);
    }
    for (; i < n; i++) gate[i] = gate[i] / (1.0f + expf(-gate[i])) * up[i];
}

static float code(const float *x, int8_t codes[CHANNELS]) {
    float most = 0;
    for (int i = 0; i < CHANNELS; i++) most = fmaxf(most, fabsf(x[i]));
    float factor = most > 0 ? 127.0f / most : 0;
    for (int i = 0; i < CHANNELS; i++) codes[i] = (int8_t)lrintf(x[i] * factor);
    return most / 127.0f;
}

void store(const heads *h, uint8_t *head, int slot, const float *key, const float *value) {
    int dim = h->head_dim, groups = dim / CHANNELS;
    if (h->exact) {
        float *keys = (float *)head, *values = keys + n_values(h) + slot * dim;
        for (int d = 0; d < dim; d++) keys[d * BLOCK_TOKENS + slot] = key[d], values[d] = value[d];
        return;
    }
    int8_t *keys = (int8_t *)head, *values = keys + n_values(h), codes[CHANNELS];
    float *key_scales = (float *)(values + n_values(h)), *value_scales = key_scales + BLOCK_TOKENS * groups;
    for (int g = 0; g < groups; g++) {
        key_scales[g * BLOCK_TOKENS + slot] = code(key + g * CHANNELS, codes);
        for (int i = 0; i < CHANNELS; i++) keys[(g * CHANNELS + i) * BLOCK_TOKENS + slot] = codes[i];
        value_scales[slot * groups + g] = code(value + g * CHANNELS, values + slot * dim + g * CHANNELS);
    }
}

INLINE AVX2 __m256 eight(const int8_t *codes) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)codes)));
}

// The first `n` tokens of a block as float32. What lies behind them may be anything, but a number.
AVX2 static void widen(const heads *h, const uint8_t *head, int n, float *keys, float *values) {
    int dim = h->head_dim, groups = dim / CHANNELS;
    const int8_t *key_codes = (const int8_t *)head, *value_codes = key_codes + n_values(h);
    const float *key_scales = (const float *)(value_codes + n_values(h));
    const float *value_scales = key_scales + BLOCK_TOKENS * groups;
    for (int t = 0; t < n; t += 8)
        for (int d = 0; d < dim; d++) {
            __m256 scale = _mm256_loadu_ps(key_scales + d / CHANNELS * BLOCK_TOKENS + t);
            int at = d * BLOCK_TOKENS + t;
            _mm256_storeu_ps(keys + at, _mm256_mul_ps(eight(key_codes + at), scale));
        }
    for (int t = 0; t < n; t++)
        for (int d = 0; d < dim; d += 8) {
            __m256 scale = _mm256_broadcast_ss(value_scales + t * groups + d / CHANNELS);
            _mm256_storeu_ps(values + t * dim + d, _mm256_mul_ps(eight(value_codes + t * dim + d), scale));
        }
}

// scores (n, 32) = queries (n, dim) x keys (dim, 32); n is 1 or 2.
INLINE AVX2 void score(const float *const *q, const float *keys, int dim, float scale, float *scores, const int n) {
    __m256 sums[2][4];
    for (int i = 0; i < n; i++)
        for (int v = 0; v < 4; v++) sums[i][v] = _mm256_setzero_ps();
    for (int d = 0; d < dim; d++)
        for (int i = 0; i < n; i++) {
            __m256 value = _mm256_broadcast_ss(q[i] + d);
            for (int v = 0; v < 4; v++)
                sums[i][v] = _mm256_fmadd_ps(value, _mm256_loadu_ps(keys + d * BLOCK_TOKENS + v * 8), sums[i][v]);
        }
    for (int i = 0; i < n; i++)
        for (int v = 0; v < 4; v++)
            _mm256_storeu_ps(scores + i * BLOCK_TOKENS + v * 8, _mm256_mul_ps(sums[i][v], _mm256_set1_ps(scale)));
}

// What one query has gathered so far: the largest score, the sum of exponentials, the weighted values in its output.
typedef struct {
    float most, total;
} gathered;

// Turns the first `n` scores into weights and lowers what was gathered to the new maximum; the other weights are 0.
AVX2 static void weigh(float *scores, int n, gathered *before, float *out, int dim) {
    for (int t = n; t < BLOCK_TOKENS; t++) scores[t] = -INFINITY;
    float most = before->most;
    for (int t = 0; t < n; t++) most = scores[t] > most ? scores[t] : most;
    if (most > before->most) {
        float lowered = expf(before->most - most);
        before->total *= lowered;
        for (int d = 0; d < dim; d += 8)
            _mm256_storeu_ps(out + d, _mm256_mul_ps(_mm256_loadu_ps(out + d), _mm256_set1_ps(lowered)));
        before->most = most;
    }
    __m256 m = _mm256_set1_ps(most);
    for (int t = 0; t < BLOCK_TOKENS; t += 8)
        _mm256_storeu_ps(scores + t, exponential(_mm256_sub_ps(_mm256_loadu_ps(scores + t), m)));
    for (int t = n; t < BLOCK_TOKENS; t++) scores[t] = 0;
    for (int t = 0; t < n; t++) before->total += scores[t];
}

// out (n, dim) += weights (n, 32) x values (tokens, dim); n is 1 or 2.
INLINE AVX2 void gather(const float *weights, const float *values, int tokens, int dim, float *const *out,
                        const int n) {
    for (int d = 0; d < dim; d += 32) {
        __m256 sums[2][4];
        for (int i = 0; i < n; i++)
            for (int v = 0; v < 4; v++) sums[i][v] = _mm256_loadu_ps(out[i] + d + v * 8);
        for (int t = 0; t < tokens; t++)
            for (int i = 0; i < n; i++) {
                __m256 weight = _mm256_broadcast_ss(weights + i * BLOCK_TOKENS + t);
                for (int v = 0; v < 4; v++)
                    sums[i][v] = _mm256_fmadd_ps(weight, _mm256_loadu_ps(values + t * dim + d + v * 8), sums[i][v]);
            }
        for (int i = 0; i < n; i++)
            for (int v = 0; v < 4; v++) _mm256_storeu_ps(out[i] + d + v * 8, sums[i][v]);
    }
}

int tile_tokens(const heads *h) {
    int group = h->n_heads / h->n_kv_heads;
    return group < TILE_QUERIES ? TILE_QUERIES / group : 1;
}

static int n_queries(const heads *h) { return tile_tokens(h) * (h->n_heads / h->n_kv_heads); }

size_t attention_bytes(const heads *h) {
    return sizeof(float) * 2 * (size_t)n_values(h) + sizeof(gathered) * (size_t)n_queries(h);
}

static int limit(int a, int most) { return a < most ? a : most; }

// One or two neighbouring queries over a block; `seen` says how many of its tokens each may see.
INLINE AVX2 void attend_block(const heads *h, const float *const *q, float *const *out, const int *seen,
                              const float *keys, const float *values, gathered *state, const int n) {
    float scores[2 * BLOCK_TOKENS];
    int dim = h->head_dim, most = n == 2 && seen[1] > seen[0] ? seen[1] : seen[0];
    score(q, keys, dim, 1.0f / sqrtf((float)dim), scores, n);
    for (int i = 0; i < n; i++) weigh(scores + i * BLOCK_TOKENS, seen[i], &state[i], out[i], dim);
    gather(scores, values, most, dim, out, n);
}

AVX2 void attend(const heads *h, asked a, float *scratch) {
    int dim = h->head_dim, group = h->n_heads / h->n_kv_heads, n = a.n * group;
    size_t token = (size_t)h->n_heads * (size_t)dim;
    float *own_keys = scratch, *own_values = own_keys + n_values(h);
    gathered *states = (gathered *)(own_values + n_values(h));
    for (int i = 0; i < n; i++) {
        states[i] = (gathered){-INFINITY, 0};
        float *out = a.out + (size_t)(i / group) * token + i % group * dim;
        for (int d = 0; d < dim; d++) out[d] = 0;
    }
    int last = a.position + a.n;  // tokens that the last of the queries sees
    for (int start = 0; start < last; start += BLOCK_TOKENS) {
        const uint8_t *head = a.layer + (size_t)a.blocks[start / BLOCK_TOKENS] * a.step;
        const float *keys = (const float *)head, *values = keys + n_values(h);
        if (!h->exact) {
            widen(h, head, limit(last - start, BLOCK_TOKENS), own_keys, own_values);
            keys = own_keys, values = own_values;
        }
        for (int i = 0; i < n; i += 2) {
            const float *q[2];
            float *out[2];
            int seen[2], both = i + 1 < n;
            for (int k = 0; k <= both; k++) {
                size_t at = (size_t)((i + k) / group) * token + (size_t)((i + k) % group * dim);
                q[k] = a.q + at, out[k] = a.out + at;
                seen[k] = limit(a.position + (i + k) / group + 1 - start, BLOCK_TOKENS);
            }
            if (both && seen[0] > 0)
                attend_block(h, q, out, seen, keys, values, states + i, 2);
            else if (seen[0] > 0)
                attend_block(h, q, out, seen, keys, values, states + i, 1);
            else if (both && seen[1] > 0)
                attend_block(h, q + 1, out + 1, seen + 1, keys, values, states + i + 1, 1);
        }
    }
    for (int i = 0; i < n; i++) {
        float *out = a.out + (size_t)(i / group) * token + i % group * dim, share = 1.0f / states[i].total;
        for (int d = 0; d < dim; d++) out[d] *= share;
    }
}
