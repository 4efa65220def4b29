-- CreateEnum
CREATE TYPE "DryRunState" AS ENUM ('waiting', 'running', 'done', 'failed');

-- CreateTable
CREATE TABLE "PolicyDryRun" (
    "id" TEXT NOT NULL,
    "orgId" TEXT NOT NULL,
    "createdById" TEXT NOT NULL,
    "state" "DryRunState" NOT NULL DEFAULT 'waiting',
    "cedar" TEXT NOT NULL,
    "coolDownDays" INTEGER NOT NULL,
    "comparedWith" INTEGER,
    "total" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeatAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PolicyDryRun_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "PolicyDryRun_orgId_createdAt_idx" ON "PolicyDryRun"("orgId", "createdAt");

-- CreateIndex
CREATE INDEX "PolicyDryRun_state_idx" ON "PolicyDryRun"("state");

-- AddForeignKey
ALTER TABLE "PolicyDryRun" ADD CONSTRAINT "PolicyDryRun_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
