// Products of quantised weights and tokens that are quantised on the way.
//
// 4 bits: unsigned codes (0..15, meaning -8..7) times signed 8-bit inputs with `maddubs`, whose 16-bit sums can't
// overflow in a group of 128 (4 x 2 x 15 x 127 = 15,240); each group's sum is scaled in float32. 8 bits: the inputs
// have as many bits as 32-bit sums of a whole row allow, 15 mostly, so nothing is lost where the vocabulary is scored.
#include "kernel.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

enum { TOKENS = 4, ROWS = 8, AHEAD = 2048 };  // tokens at once; rows unpacked at once; bytes prefetched ahead

static int n_scales(const matrix *m) { return m->group ? m->columns / m->group : 1; }
// Groups of 32 fill half a vector, so half of their codes' bytes stay zero.
static size_t code_bytes(const matrix *m) { return (size_t)m->columns * (m->group == 32 || !m->group ? 2 : 1); }

size_t inputs_bytes(const matrix *m, int n) {
    return aligned(code_bytes(m) * (size_t)n) + 2 * aligned(sizeof(float) * ((size_t)n_scales(m) * (size_t)n + 8));
}

inputs inputs_at(const matrix *m, void *memory, int n) {
    char *scales = (char *)memory + aligned(code_bytes(m) * (size_t)n);
    size_t bytes = aligned(sizeof(float) * ((size_t)n_scales(m) * (size_t)n + 8));
    return (inputs){memory, (float *)scales, (float *)(scales + bytes)};
}

size_t scratch_bytes(const matrix *m) { return m->group ? ROWS * code_bytes(m) : 0; }

INLINE AVX2 float sum(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

AVX2 static float largest(const float *x, int n) {
    __m256 most = _mm256_setzero_ps(), sign = _mm256_set1_ps(-0.0f);
    for (int i = 0; i < n; i += 8) most = _mm256_max_ps(most, _mm256_andnot_ps(sign, _mm256_loadu_ps(x + i)));
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps(most, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

// n (a multiple of 16) values x factor, rounded.
AVX2 static void rounded(const float *x, int n, float factor, int16_t *out) {
    __m256 f = _mm256_set1_ps(factor);
    for (int i = 0; i < n; i += 16) {
        __m256i a = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i), f));
        __m256i b = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i + 8), f));
        __m256i packed = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
        _mm256_storeu_si256((__m256i *)(out + i), packed);
    }
}

AVX2 static void quantize_row(const matrix *m, const float *x, inputs in, int token) {
    float most = largest(x, m->columns);
    float limit = floorf(fminf(32767.0f, 8.0f * 2147483000.0f / (127.0f * (float)m->columns)));
    in.scales[token] = most / limit;
    rounded(x, m->columns, most > 0 ? limit / most : 0, (int16_t *)in.codes + (size_t)token * (size_t)m->columns);
}

// One group: even columns first in every 64 (in every 32 where the group has no more).
static void deal(const int16_t *codes, int group, int8_t *out) {
    int half = group == 32 ? 16 : 32;
    for (int start = 0; start < group; start += 2 * half, out += 64) {
        for (int i = 0; i < half; i++) {
            out[i] = (int8_t)codes[start + 2 * i];
            out[32 + i] = (int8_t)codes[start + 2 * i + 1];
        }
        if (half < 32) memset(out + 16, 0, 16), memset(out + 48, 0, 16);
    }
}

AVX2 static void quantize_groups(const matrix *m, const float *x, inputs in, int token) {
    int groups = n_scales(m), group = m->group;
    size_t bytes = code_bytes(m) / (size_t)groups;
    int8_t *out = in.codes + code_bytes(m) * (size_t)token;
    float *scales = in.scales + (size_t)token * (size_t)groups, *corrections = in.corrections + (scales - in.scales);
    for (int g = 0; g < groups; g++, x += group, out += bytes) {
        int16_t codes[128];
        float most = largest(x, group);
        rounded(x, group, most > 0 ? 127.0f / most : 0, codes);
        deal(codes, group, out);
        int total = 0;
        for (int i = 0; i < group; i++) total += codes[i];
        scales[g] = most / 127.0f;
        corrections[g] = -8.0f * scales[g] * (float)total;
    }
}

AVX2 void quantize(const matrix *m, const float *x, inputs in, int token) {
    if (m->group)
        quantize_groups(m, x, in, token);
    else
        quantize_row(m, x, in, token);
}

// Scales of up to 8 groups from `g` on; none is read behind the last.
INLINE AVX2 __m256 scales_from(const uint16_t *scales, int g, int groups) {
    if (g + 8 <= groups) return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(scales + g)));
    uint16_t rest[8] = {0};
    memcpy(rest, scales + g, (size_t)(groups - g) * sizeof *rest);
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)rest));
}

INLINE AVX2 __m256 up_to_8(const float *x, int n) {
    if (n >= 8) return _mm256_loadu_ps(x);
    __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(x, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lanes));
}

// The codes of 64 columns (32 in groups of 32) as two vectors of bytes.
INLINE AVX2 void codes_of(const uint8_t *w, int group, int packed, __m256i *even, __m256i *odd) {
    if (!packed) {
        *even = _mm256_loadu_si256((const __m256i *)w);
        *odd = _mm256_loadu_si256((const __m256i *)(w + 32));
        return;
    }
    const __m256i low = _mm256_set1_epi8(15);
    __m256i both = group == 32 ? _mm256_zextsi128_si256(_mm_loadu_si128((const __m128i *)w))
                               : _mm256_loadu_si256((const __m256i *)w);
    *even = _mm256_and_si256(both, low);
    *odd = _mm256_and_si256(_mm256_srli_epi16(both, 4), low);
}

// One row times `n` tokens. All but w, x, scales are constants where this is inlined.
INLINE AVX2 void row_times(const uint8_t *w, const uint16_t *row_scales, inputs in, size_t x_bytes, int groups,
                           float *y, size_t stride, const int group, const int n, const int packed) {
    const int parts = group == 128 ? 2 : 1, w_bytes = packed ? (group == 32 ? 16 : 32) : 64;
    const __m256i one = _mm256_set1_epi16(1);
    __m256 sums[TOKENS], corrections[TOKENS];
    float factors[TOKENS][8];
    for (int t = 0; t < n; t++) sums[t] = corrections[t] = _mm256_setzero_ps();
    for (int g = 0; g < groups; g++, w += parts * w_bytes) {
        if (g % 8 == 0) {
            __m256 scales = scales_from(row_scales, g, groups);
            for (int t = 0; t < n; t++) {
                size_t at = (size_t)t * (size_t)groups + (size_t)g;
                _mm256_storeu_ps(factors[t], _mm256_mul_ps(scales, up_to_8(in.scales + at, groups - g)));
                corrections[t] = _mm256_fmadd_ps(scales, up_to_8(in.corrections + at, groups - g), corrections[t]);
            }
        }
        if (packed) _mm_prefetch((const char *)w + AHEAD, _MM_HINT_T0);
        __m256i even[2], odd[2];
        for (int p = 0; p < parts; p++) codes_of(w + p * w_bytes, group, packed, &even[p], &odd[p]);
        for (int t = 0; t < n; t++) {
            const int8_t *x = in.codes + x_bytes * (size_t)t + (size_t)g * (size_t)(parts * 64);
            __m256i total = _mm256_setzero_si256();
            for (int p = 0; p < parts; p++) {
                __m256i a = _mm256_maddubs_epi16(even[p], _mm256_loadu_si256((const __m256i *)(x + p * 64)));
                __m256i b = _mm256_maddubs_epi16(odd[p], _mm256_loadu_si256((const __m256i *)(x + p * 64 + 32)));
                __m256i both = _mm256_add_epi16(a, b);
                total = p ? _mm256_add_epi16(total, both) : both;
            }
            __m256 value = _mm256_cvtepi32_ps(_mm256_madd_epi16(total, one));
            sums[t] = _mm256_fmadd_ps(value, _mm256_broadcast_ss(&factors[t][g % 8]), sums[t]);
        }
    }
    for (int t = 0; t < n; t++) y[(size_t)t * stride] = sum(_mm256_add_ps(sums[t], corrections[t]));
}

#define ROW_TIMES(group, n, packed)                                                                                   \
    AVX2 static void row_##group##_##n##_##packed(const uint8_t *w, const uint16_t *scales, inputs in, size_t x_bytes, \
                                                  int groups, float *y, size_t stride) {                              \
        row_times(w, scales, in, x_bytes, groups, y, stride, group, n, packed);                                       \
    }
#define ROW_TIMES_ALL(group)                                                                                          \
    ROW_TIMES(group, 1, 1) ROW_TIMES(group, 2, 1) ROW_TIMES(group, 3, 1) ROW_TIMES(group, 4, 1)                       \
    ROW_TIMES(group, 1, 0) ROW_TIMES(group, 2, 0) ROW_TIMES(group, 3, 0) ROW_TIMES(group, 4, 0)
#define ROW_NAMES(group)                                                                                              \
    {{row_##group##_1_0, row_##group##_2_0, row_##group##_3_0, row_##group##_4_0},                                    \
     {row_##group##_1_1, row_##group##_2_1, row_##group##_3_1, row_##group##_4_1}}
ROW_TIMES_ALL(32)
ROW_TIMES_ALL(64)
ROW_TIMES_ALL(128)
typedef void row_function(const uint8_t *, const uint16_t *, inputs, size_t, int, float *, size_t);
static row_function *const row_functions[3][2][TOKENS] = {ROW_NAMES(32), ROW_NAMES(64), ROW_NAMES(128)};

// One row of 4-bit codes as bytes, in the order of the inputs.
AVX2 static void unpack(const matrix *m, const uint8_t *w, uint8_t *out) {
    int step = m->group == 32 ? 16 : 32;
    for (int i = 0; i < m->columns / 2; i += step, out += 64) {
        __m256i even, odd;
        codes_of(w + i, m->group, 1, &even, &odd);
        _mm256_storeu_si256((__m256i *)out, even);
        _mm256_storeu_si256((__m256i *)(out + 32), odd);
    }
}

static inputs behind(inputs in, size_t codes, size_t scales) {
    return (inputs){in.codes + codes, in.scales + scales, in.corrections + scales};
}

// Many tokens: rows are unpacked once and stay in the cache while all tokens pass by. Few: straight from memory.
static void multiply_groups(const matrix *m, inputs in, int n, int first, int end, float *y, size_t stride,
                            uint8_t *scratch) {
    int groups = n_scales(m), packed = n <= 2 * TOKENS;
    size_t x_bytes = code_bytes(m), packed_bytes = (size_t)m->columns / 2, row_bytes = packed ? packed_bytes : x_bytes;
    row_function *const *functions = row_functions[m->group == 32 ? 0 : m->group == 64 ? 1 : 2][packed];
    for (int start = first; start < end; start += ROWS) {
        int n_rows = end - start < ROWS ? end - start : ROWS;
        const uint8_t *codes = m->codes + (size_t)start * packed_bytes;
        if (!packed) {
            for (int r = 0; r < n_rows; r++) unpack(m, codes + (size_t)r * packed_bytes, scratch + (size_t)r * x_bytes);
            codes = scratch;
        }
        for (int t = 0, some; t < n; t += some) {
            some = n - t < TOKENS ? n - t : TOKENS;
            inputs from = behind(in, x_bytes * (size_t)t, (size_t)t * (size_t)groups);
            for (int r = 0; r < n_rows; r++)
                functions[some - 1](codes + (size_t)r * row_bytes, m->scales + (size_t)(start + r) * (size_t)groups,
                                    from, x_bytes, groups, y + (size_t)t * stride + start + r, stride);
        }
    }
}

INLINE AVX2 void byte_row_times(const matrix *m, int row, const int16_t *x, const float *scales, float *y,
                                size_t stride, const int n) {
    const uint8_t *w = m->codes + (size_t)row * (size_t)m->columns;
    __m256i sums[TOKENS];
    for (int t = 0; t < n; t++) sums[t] = _mm256_setzero_si256();
    for (int k = 0; k < m->columns; k += 16) {
        __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + k)));
        if (k % 64 == 0) _mm_prefetch((const char *)w + k + AHEAD, _MM_HINT_T0);
        for (int t = 0; t < n; t++) {
            const int16_t *values = x + (size_t)t * (size_t)m->columns + k;
            sums[t] = _mm256_add_epi32(sums[t], _mm256_madd_epi16(wide, _mm256_loadu_si256((const __m256i *)values)));
        }
    }
    float scale = _cvtsh_ss(m->scales[row]);
    for (int t = 0; t < n; t++) y[(size_t)t * stride + row] = scale * scales[t] * sum(_mm256_cvtepi32_ps(sums[t]));
}

AVX2 static void multiply_bytes(const matrix *m, inputs in, int n, int first, int end, float *y, size_t stride) {
    for (int t = 0; t < n; t += TOKENS) {
        const int16_t *x = (const int16_t *)in.codes + (size_t)t * (size_t)m->columns;
        for (int row = first; row < end; row++) switch (n - t) {
                case 1: byte_row_times(m, row, x, in.scales + t, y + (size_t)t * stride, stride, 1); break;
                case 2: byte_row_times(m, row, x, in.scales + t, y + (size_t)t * stride, stride, 2); break;
                case 3: byte_row_times(m, row, x, in.scales + t, y + (size_t)t * stride, stride, 3); break;
                default: byte_row_times(m, row, x, in.scales + t, y + (size_t)t * stride, stride, TOKENS);
            }
    }
}

void multiply(const matrix *m, inputs in, int n, int first, int end, float *y, size_t stride, uint8_t *scratch) {
    if (m->group)
        multiply_groups(m, in, n, first, end, y, stride, scratch);
    else
        multiply_bytes(m, in, n, first, end, y, stride);
}
