-- CreateEnum
CREATE TYPE "AnswerParty" AS ENUM ('publisher', 'organization', 'admin');

-- CreateEnum
CREATE TYPE "AnswerKind" AS ENUM ('accepted', 'disputed', 'fixed', 'cleared', 'upheld', 'withdrawn');

-- AlterTable
ALTER TABLE "Scan" ADD COLUMN     "activeAccusations" INTEGER,
ADD COLUMN     "activeGrade" TEXT,
ADD COLUMN     "activeRules" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "FindingAnswer" (
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "party" "AnswerParty" NOT NULL,
    "orgId" TEXT,
    "kind" "AnswerKind" NOT NULL,
    "reason" TEXT NOT NULL,
    "ruleId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "byName" TEXT NOT NULL,
    "answeredById" TEXT NOT NULL,
    "answeredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "supersededAt" TIMESTAMPTZ(3),

    CONSTRAINT "FindingAnswer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Rescan" (
    "rulesetVersion" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "perMinute" INTEGER,
    "summary" JSONB,

    CONSTRAINT "Rescan_pkey" PRIMARY KEY ("rulesetVersion")
);

-- CreateTable
CREATE TABLE "RescanChange" (
    "rulesetVersion" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "serverName" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "gradeBefore" TEXT,
    "gradeAfter" TEXT,
    "accusationsBefore" INTEGER NOT NULL,
    "accusationsAfter" INTEGER NOT NULL,
    "added" TEXT[],
    "removed" TEXT[],
    "error" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RescanChange_pkey" PRIMARY KEY ("rulesetVersion","versionId")
);

-- CreateIndex
CREATE INDEX "FindingAnswer_serverId_fingerprint_idx" ON "FindingAnswer"("serverId", "fingerprint");

-- CreateIndex
CREATE INDEX "FindingAnswer_kind_supersededAt_answeredAt_idx" ON "FindingAnswer"("kind", "supersededAt", "answeredAt");

-- CreateIndex
CREATE INDEX "Scan_activeRules_idx" ON "Scan" USING GIN ("activeRules");

-- AddForeignKey
ALTER TABLE "FindingAnswer" ADD CONSTRAINT "FindingAnswer_serverId_fkey" FOREIGN KEY ("serverId") REFERENCES "Server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FindingAnswer" ADD CONSTRAINT "FindingAnswer_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RescanChange" ADD CONSTRAINT "RescanChange_rulesetVersion_fkey" FOREIGN KEY ("rulesetVersion") REFERENCES "Rescan"("rulesetVersion") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The rules of the scans that count. A scan that becomes the current one from now on brings them.
UPDATE "Scan" AS s SET "activeRules" = ARRAY(
  SELECT DISTINCT f->>'ruleId' FROM jsonb_array_elements(s.findings) AS f WHERE f->>'ruleId' IS NOT NULL ORDER BY 1
)
FROM "Version" AS v WHERE v."currentScanId" = s.id AND jsonb_typeof(s.findings) = 'array';
