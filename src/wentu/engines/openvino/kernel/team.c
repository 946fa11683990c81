// A few threads that sleep between calls. Within one they meet hundreds of times in 60 ms, so they spin for a moment
// before they sleep.
#define _GNU_SOURCE
#include "kernel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { SPINS = 2000 };  // some 50 us: whoever is later than that has lost its core to another process

struct team {
    int n_threads;
    pthread_t *threads;
    pthread_mutex_t lock;
    pthread_cond_t wake, met;
    unsigned long calls;
    int closing;
    void (*work)(team *, int, void *);
    void *argument;
    _Alignas(64) atomic_int next;
    _Alignas(64) atomic_int arrived;
    _Alignas(64) atomic_uint phase;
    atomic_int sleeping;
};

typedef struct {
    team *team;
    int thread;
} seat;

int claim(team *t, int n_tasks) {
    int task = atomic_fetch_add_explicit(&t->next, 1, memory_order_relaxed);
    return task < n_tasks ? task : -1;
}

void meet(team *t) {
    unsigned phase = atomic_load_explicit(&t->phase, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&t->arrived, 1, memory_order_acq_rel) + 1 == t->n_threads) {
        atomic_store_explicit(&t->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&t->next, 0, memory_order_relaxed);
        // Sequentially consistent, as below: either this sees who sleeps, or who is about to sleep sees the new phase.
        atomic_store(&t->phase, phase + 1);
        if (!atomic_load(&t->sleeping)) return;
        pthread_mutex_lock(&t->lock);
        pthread_cond_broadcast(&t->met);
        pthread_mutex_unlock(&t->lock);
        return;
    }
    for (int spins = 0; spins < SPINS; spins++) {
        if (atomic_load_explicit(&t->phase, memory_order_acquire) != phase) return;
        __builtin_ia32_pause();
    }
    pthread_mutex_lock(&t->lock);
    atomic_fetch_add(&t->sleeping, 1);
    while (atomic_load(&t->phase) == phase) pthread_cond_wait(&t->met, &t->lock);
    atomic_fetch_sub(&t->sleeping, 1);
    pthread_mutex_unlock(&t->lock);
}

static void *sit(void *argument) {
    seat s = *(seat *)argument;
    free(argument);
    team *t = s.team;
    for (unsigned long seen = 0;;) {
        pthread_mutex_lock(&t->lock);
        while (t->calls == seen && !t->closing) pthread_cond_wait(&t->wake, &t->lock);
        int closing = t->closing;
        seen = t->calls;
        pthread_mutex_unlock(&t->lock);
        if (closing) return NULL;
        t->work(t, s.thread, t->argument);
        meet(t);
    }
}

void team_run(team *t, void (*work)(team *, int, void *), void *argument) {
    pthread_mutex_lock(&t->lock);
    t->work = work;
    t->argument = argument;
    t->calls++;
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
    work(t, 0, argument);
    meet(t);
}

int team_size(const team *t) { return t->n_threads; }

// Fewer threads than asked for where the system gives no more; NULL without memory.
team *team_open(int n_threads) {
    team *t = aligned_alloc(64, aligned(sizeof *t));
    if (!t) return NULL;
    *t = (team){.n_threads = 1, .threads = calloc((size_t)n_threads, sizeof(pthread_t))};
    if (!t->threads) {
        free(t);
        return NULL;
    }
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->wake, NULL);
    pthread_cond_init(&t->met, NULL);
    for (int thread = 1; thread < n_threads; thread++) {
        seat *s = malloc(sizeof *s);
        if (!s) break;
        *s = (seat){t, thread};
        if (pthread_create(&t->threads[thread], NULL, sit, s)) {
            free(s);
            break;
        }
        t->n_threads++;
    }
    return t;
}

void team_close(team *t) {
    pthread_mutex_lock(&t->lock);
    t->closing = 1;
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
    for (int thread = 1; thread < t->n_threads; thread++) pthread_join(t->threads[thread], NULL);
    pthread_cond_destroy(&t->met);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    free(t->threads);
    free(t);
}
