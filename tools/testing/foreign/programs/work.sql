CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c BLOB);
CREATE INDEX ti ON t(b);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
	INSERT INTO t SELECT i, printf('%08d', i * 7919 % 5000), randomblob(300) FROM n;
BEGIN;
UPDATE t SET b = b || 'x', c = randomblob(500) WHERE a % 3 = 0;
DELETE FROM t WHERE a % 7 = 0;
ROLLBACK;
UPDATE t SET b = b || 'y', c = randomblob(500) WHERE a % 3 = 0;
DELETE FROM t WHERE a % 7 = 0;
PRAGMA integrity_check;
CREATE TABLE u AS SELECT t.a, v.b, t.c FROM t JOIN t AS v USING (b) ORDER BY t.b DESC;
SELECT count(*), sum(length(c)), max(b) FROM u;
VACUUM;
PRAGMA integrity_check;
