"""The generation loop under our own engines; it knows no runtime.

Read in this order: `prompt` (text and pictures to tokens), `scheduler` (who computes next), `sequence` and `answer`
(one question), `cache` (what has been computed before), `rows` and `vision` (what a runtime has to compute),
`conversion` (how its files are made once), `assembly` and `engine` (put together).
"""
