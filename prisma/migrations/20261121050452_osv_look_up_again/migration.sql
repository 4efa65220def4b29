-- AlterTable
ALTER TABLE "OsvAdvisory" ADD COLUMN     "importedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "OsvImport" ADD COLUMN     "lookedUpAt" TIMESTAMPTZ(3),
ADD COLUMN     "lookedUpTo" TEXT;

-- CreateIndex
CREATE INDEX "OsvAdvisory_ecosystem_importedAt_idx" ON "OsvAdvisory"("ecosystem", "importedAt");
