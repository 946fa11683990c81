"""The queue's Lua scripts: each is one step that nothing can come between.

A job is in the line, or running under a lease, or neither. These scripts alone move it. Each may be run twice: a reply
that was lost on its way is asked for again.
"""

from __future__ import annotations

# KEYS line, owner's set, job. ARGV job, score, lowest and highest score of its class, bound of the class,
# bound of the owner, owner, seconds to keep. Gives {0, place from 0}, or {1 | 2, number} when a bound is reached.
# One that has been let in, and may have been taken since, is not let in again.
ADMIT = """
if redis.call('HEXISTS', KEYS[3], 'score') == 1 then return {0, redis.call('ZRANK', KEYS[1], ARGV[1]) or 0} end
local waiting = redis.call('ZCOUNT', KEYS[1], ARGV[3], ARGV[4])
if waiting >= tonumber(ARGV[5]) then return {1, waiting} end
local mine = redis.call('SCARD', KEYS[2])
if mine >= tonumber(ARGV[6]) then return {2, mine} end
redis.call('HSET', KEYS[3], 'owner', ARGV[7], 'score', ARGV[2])
redis.call('EXPIRE', KEYS[3], ARGV[8])
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[8])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return {0, redis.call('ZRANK', KEYS[1], ARGV[1])}
"""

# KEYS line, running, what the token took. ARGV token, milliseconds of the lease, prefixes of lease, job and owner.
# Gives the job at the head of the line, from now on leased to the token; nil when nobody waits. A token takes one job,
# however often it asks.
TAKE = """
local took = redis.call('GET', KEYS[3])
if took then return took end
local head = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
if not head then return false end
redis.call('ZREM', KEYS[1], head)
local owner = redis.call('HGET', ARGV[4] .. head, 'owner')
if owner then redis.call('SREM', ARGV[5] .. owner, head) end
redis.call('HSET', KEYS[2], head, ARGV[1])
redis.call('SET', ARGV[3] .. head, ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[3], head, 'PX', ARGV[2])
return head
"""

# KEYS line, job. ARGV job, prefix of owner. Gives 1 when the job waited, and now does not.
LEAVE = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
local owner = redis.call('HGET', KEYS[2], 'owner')
if owner then redis.call('SREM', ARGV[2] .. owner, ARGV[1]) end
redis.call('HDEL', KEYS[2], 'score')
return 1
"""

# KEYS running, lease. ARGV job, token. Gives 1 when the token had the job, and now has not.
DROP = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
if redis.call('GET', KEYS[2]) == ARGV[2] then redis.call('DEL', KEYS[2]) end
return 1
"""

# KEYS line, running, lease, job. ARGV job, token ('' for any), score where none is known.
# Gives 1 when the job was taken from that token (or from nobody) and waits again, at the place that it had.
RETURN = """
local holder = redis.call('HGET', KEYS[2], ARGV[1])
if ARGV[2] ~= '' and holder ~= ARGV[2] then return 0 end
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[3])
redis.call('ZADD', KEYS[1], redis.call('HGET', KEYS[4], 'score') or ARGV[3], ARGV[1])
return 1
"""

# KEYS lease, running. ARGV token, milliseconds, job. Gives 1 when the token has the lease. One that lapsed while the
# queue was out of reach is had again, unless another attempt took the job or it was put back meanwhile.
RENEW = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if not holder and redis.call('HGET', KEYS[2], ARGV[3]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

# KEYS stream, lease, job. ARGV token ('' needs no lease), id of this batch, seconds to keep, most entries, events.
# Gives 1 when written; 0 when another attempt has the job. A batch whose reply was lost on its way may be sent again:
# what was written last is not written twice.
PUBLISH = """
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[3], 'batch') == ARGV[2] then return 1 end
for i = 5, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'e', ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('HSET', KEYS[3], 'batch', ARGV[2])
if redis.call('TTL', KEYS[3]) < 0 then redis.call('EXPIRE', KEYS[3], ARGV[3]) end
return 1
"""
