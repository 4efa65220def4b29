-- AlterTable
ALTER TABLE "Scan" ADD COLUMN     "heartbeatAt" TIMESTAMPTZ(3),
ADD COLUMN     "nextAttemptAt" TIMESTAMPTZ(3),
ADD COLUMN     "requestedById" TEXT;

-- CreateTable
CREATE TABLE "SearchOverdue" (
    "serverId" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SearchOverdue_pkey" PRIMARY KEY ("serverId")
);

-- CreateIndex
CREATE INDEX "Scan_requestedById_createdAt_idx" ON "Scan"("requestedById", "createdAt");
