/** Why object storage does not take a video, as its origin says. */
export const sql = /* sql */ `
-- A word of shared/storage/problem.
ALTER TABLE video ADD COLUMN storage_problem TEXT;
CREATE INDEX video_storage_failing ON video (storage_problem) WHERE storage = 'failing';
`
