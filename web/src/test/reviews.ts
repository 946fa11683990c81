import type { Effect, Review } from '@/api/safety'

type Case = NonNullable<Review['case']>

/** A case that waits, as a reviewer gets it. */
export const review = (id: string, changes: Partial<Case> = {}, more: Partial<Review> = {}): Review => ({
  id,
  object: 'review',
  state: 'waiting',
  created_at: 1_790_000_000,
  decided_at: null,
  case: {
    place: 'answer',
    rule: 'words',
    category: 'gambling',
    severity: 'review',
    how: 'pinyin',
    start: 5,
    end: 10,
    question: '图里写了什么？',
    text: '😀前面的话duobo后面的话',
    draft: '等着放行的回答',
    pictures: 0,
    owner: 'local',
    session: null,
    decided_by: null,
    ...changes,
  },
  answer: null,
  ...more,
})

export const effect = (changes: Partial<Effect> = {}): Effect => ({
  texts: 120,
  blocked: 3,
  held: 2,
  newly_blocked: 1,
  newly_held: 2,
  freed: 4,
  by_category: { gambling: 3, 自定义: 2 },
  samples: [{ text: '来我们的赌场玩', start: 4, end: 6, category: 'gambling', severity: 'block' }],
  meaning: true,
  ...changes,
})
