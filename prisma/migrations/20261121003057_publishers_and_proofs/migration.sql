-- CreateEnum
CREATE TYPE "PackageCheckState" AS ENUM ('proven', 'failed', 'absent', 'not_offered', 'unreachable');

-- CreateEnum
CREATE TYPE "TransferState" AS ENUM ('offered', 'accepted', 'declined', 'cancelled');

-- AlterEnum
ALTER TYPE "TokenKind" ADD VALUE 'admin';

-- AlterTable
ALTER TABLE "Namespace" ADD COLUMN     "confirmedAt" TIMESTAMPTZ(3),
ADD COLUMN     "failingSince" TIMESTAMPTZ(3),
ADD COLUMN     "isProven" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "lastCheck" JSONB,
ADD COLUMN     "nextCheckAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "TrustRoot" ADD COLUMN     "checkedAt" TIMESTAMPTZ(3),
ADD COLUMN     "fetchedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "lastError" JSONB,
ADD COLUMN     "tufMirror" TEXT,
ADD COLUMN     "tufRoot" JSONB;

-- AlterTable
ALTER TABLE "Version" ADD COLUMN     "remoteUrls" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "signerChange" JSONB;

-- CreateTable
CREATE TABLE "VersionRevision" (
    "id" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "manifestBytes" BYTEA NOT NULL,
    "manifestSha256" TEXT NOT NULL,
    "replacedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replacedBy" JSONB NOT NULL,

    CONSTRAINT "VersionRevision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PackageCheck" (
    "id" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "packageIndex" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" "PackageCheckState" NOT NULL,
    "result" JSONB NOT NULL,
    "checkedAt" TIMESTAMPTZ(3) NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "nextCheckAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PackageCheck_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SyncSource" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "filters" JSONB NOT NULL,
    "watermark" TIMESTAMPTZ(3),
    "crawlStartedAt" TIMESTAMPTZ(3),
    "cursor" TEXT,
    "progress" JSONB,
    "leaseUntil" TIMESTAMPTZ(3),
    "nextRunAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastRun" JSONB,
    "lastError" JSONB,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SyncSource_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NamespaceClaim" (
    "id" TEXT NOT NULL,
    "publisherId" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "method" "NamespaceProofKind" NOT NULL,
    "nonce" TEXT NOT NULL,
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "lastCheck" JSONB,

    CONSTRAINT "NamespaceClaim_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NamespaceTransfer" (
    "id" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "fromPublisherId" TEXT NOT NULL,
    "toPublisherId" TEXT NOT NULL,
    "state" "TransferState" NOT NULL DEFAULT 'offered',
    "message" TEXT NOT NULL,
    "offeredById" TEXT NOT NULL,
    "offeredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "decidedById" TEXT,
    "decidedAt" TIMESTAMPTZ(3),

    CONSTRAINT "NamespaceTransfer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ServerMove" (
    "id" TEXT NOT NULL,
    "fromName" TEXT NOT NULL,
    "toName" TEXT NOT NULL,
    "state" "TransferState" NOT NULL DEFAULT 'offered',
    "message" TEXT NOT NULL,
    "offeredById" TEXT NOT NULL,
    "offeredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "decidedById" TEXT,
    "decidedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ServerMove_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PublisherInvite" (
    "id" TEXT NOT NULL,
    "publisherId" TEXT NOT NULL,
    "role" "PublisherRole" NOT NULL,
    "hash" TEXT NOT NULL,
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedById" TEXT,
    "acceptedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PublisherInvite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuthChallenge" (
    "nonce" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AuthChallenge_pkey" PRIMARY KEY ("nonce")
);

-- CreateTable
CREATE TABLE "UsedProof" (
    "hash" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "UsedProof_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "VersionRevision_versionId_idx" ON "VersionRevision"("versionId");

-- CreateIndex
CREATE INDEX "PackageCheck_nextCheckAt_idx" ON "PackageCheck"("nextCheckAt");

-- CreateIndex
CREATE UNIQUE INDEX "PackageCheck_versionId_packageIndex_kind_key" ON "PackageCheck"("versionId", "packageIndex", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "SyncSource_name_key" ON "SyncSource"("name");

-- CreateIndex
CREATE UNIQUE INDEX "NamespaceClaim_publisherId_namespace_method_key" ON "NamespaceClaim"("publisherId", "namespace", "method");

-- CreateIndex
CREATE INDEX "NamespaceTransfer_namespace_idx" ON "NamespaceTransfer"("namespace");

-- CreateIndex
CREATE INDEX "NamespaceTransfer_toPublisherId_idx" ON "NamespaceTransfer"("toPublisherId");

-- CreateIndex
CREATE INDEX "NamespaceTransfer_fromPublisherId_idx" ON "NamespaceTransfer"("fromPublisherId");

-- CreateIndex
CREATE INDEX "ServerMove_fromName_idx" ON "ServerMove"("fromName");

-- CreateIndex
CREATE INDEX "ServerMove_toName_idx" ON "ServerMove"("toName");

-- CreateIndex
CREATE UNIQUE INDEX "PublisherInvite_hash_key" ON "PublisherInvite"("hash");

-- CreateIndex
CREATE INDEX "PublisherInvite_publisherId_idx" ON "PublisherInvite"("publisherId");

-- CreateIndex
CREATE INDEX "UsedProof_expiresAt_idx" ON "UsedProof"("expiresAt");

-- CreateIndex
CREATE INDEX "Namespace_nextCheckAt_idx" ON "Namespace"("nextCheckAt");

-- CreateIndex
CREATE INDEX "Version_remoteUrls_idx" ON "Version" USING GIN ("remoteUrls");

-- AddForeignKey
ALTER TABLE "VersionRevision" ADD CONSTRAINT "VersionRevision_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PackageCheck" ADD CONSTRAINT "PackageCheck_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NamespaceClaim" ADD CONSTRAINT "NamespaceClaim_publisherId_fkey" FOREIGN KEY ("publisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NamespaceTransfer" ADD CONSTRAINT "NamespaceTransfer_fromPublisherId_fkey" FOREIGN KEY ("fromPublisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NamespaceTransfer" ADD CONSTRAINT "NamespaceTransfer_toPublisherId_fkey" FOREIGN KEY ("toPublisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublisherInvite" ADD CONSTRAINT "PublisherInvite_publisherId_fkey" FOREIGN KEY ("publisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what the schema language cannot say.

ALTER TABLE "ServerMove" ALTER COLUMN "fromName" TYPE TEXT COLLATE "C", ALTER COLUMN "toName" TYPE TEXT COLLATE "C";

-- A name goes to one place, and a namespace is offered to one publisher at a time.
CREATE UNIQUE INDEX "ServerMove_one_accepted" ON "ServerMove" ("fromName") WHERE state = 'accepted';
CREATE UNIQUE INDEX "NamespaceTransfer_one_offer" ON "NamespaceTransfer" ("namespace") WHERE state = 'offered';

-- Rows from before.
UPDATE "Namespace" SET "isProven" = "proofKind" <> 'granted', "confirmedAt" = "provenAt";
UPDATE "Version" SET "remoteUrls" = ARRAY(
  SELECT DISTINCT remote ->> 'url' FROM jsonb_array_elements("manifest" -> 'remotes') AS remote
  -- Longer ones do not fit the index, here as in lib/catalog/remote-urls.ts.
  WHERE octet_length(remote ->> 'url') <= 2000
) WHERE jsonb_typeof("manifest" -> 'remotes') = 'array';
