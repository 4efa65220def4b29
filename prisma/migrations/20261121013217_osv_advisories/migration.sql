-- CreateTable
CREATE TABLE "OsvAdvisory" (
    "ecosystem" TEXT NOT NULL,
    "package" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "modifiedAt" TIMESTAMPTZ(3) NOT NULL,
    "withdrawnAt" TIMESTAMPTZ(3),
    "data" JSONB NOT NULL,

    CONSTRAINT "OsvAdvisory_pkey" PRIMARY KEY ("ecosystem","package","id")
);

-- CreateTable
CREATE TABLE "OsvImport" (
    "id" TEXT NOT NULL,
    "ecosystem" TEXT NOT NULL,
    "file" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "advisories" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "OsvImport_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "OsvAdvisory_ecosystem_id_idx" ON "OsvAdvisory"("ecosystem", "id");

-- CreateIndex
CREATE INDEX "OsvImport_ecosystem_finishedAt_idx" ON "OsvImport"("ecosystem", "finishedAt");
