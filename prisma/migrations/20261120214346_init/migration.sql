-- CreateEnum
CREATE TYPE "TokenKind" AS ENUM ('publish', 'gateway');

-- CreateEnum
CREATE TYPE "VersionStatus" AS ENUM ('active', 'deprecated', 'deleted');

-- CreateEnum
CREATE TYPE "VersionOrigin" AS ENUM ('published', 'mirrored', 'example');

-- CreateEnum
CREATE TYPE "SignatureState" AS ENUM ('none', 'invalid', 'unknown_signer', 'signed');

-- CreateEnum
CREATE TYPE "ProvenanceState" AS ENUM ('none', 'matches', 'mismatch');

-- CreateEnum
CREATE TYPE "FeedKeyRole" AS ENUM ('root', 'feed', 'freshness');

-- CreateEnum
CREATE TYPE "OrgRole" AS ENUM ('owner', 'reviewer', 'requester', 'auditor');

-- CreateEnum
CREATE TYPE "EntryState" AS ENUM ('approved', 'revoked');

-- CreateEnum
CREATE TYPE "PublisherLevel" AS ENUM ('unverified', 'verified', 'official');

-- CreateEnum
CREATE TYPE "PublisherRole" AS ENUM ('owner', 'maintainer');

-- CreateEnum
CREATE TYPE "NamespaceProofKind" AS ENUM ('granted', 'demonstration', 'github', 'dns', 'http');

-- CreateEnum
CREATE TYPE "ScanStatus" AS ENUM ('queued', 'running', 'done', 'failed');

-- CreateEnum
CREATE TYPE "DefinitionsOrigin" AS ENUM ('live', 'declared');

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" TEXT NOT NULL,
    "chain" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "subject" JSONB NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "emailVerified" TIMESTAMPTZ(3),
    "image" TEXT,
    "isInstanceAdmin" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "providerAccountId" TEXT NOT NULL,
    "refresh_token" TEXT,
    "access_token" TEXT,
    "expires_at" INTEGER,
    "token_type" TEXT,
    "scope" TEXT,
    "id_token" TEXT,
    "session_state" TEXT,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "sessionToken" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VerificationToken" (
    "identifier" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL
);

-- CreateTable
CREATE TABLE "AccessToken" (
    "id" TEXT NOT NULL,
    "kind" "TokenKind" NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "createdById" TEXT NOT NULL,
    "publisherId" TEXT,
    "orgId" TEXT,

    CONSTRAINT "AccessToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "InstanceSetting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "InstanceSetting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Server" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "category" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "Server_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Version" (
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "serverName" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "manifestBytes" BYTEA NOT NULL,
    "manifest" JSONB NOT NULL,
    "manifestSha256" TEXT NOT NULL,
    "manifestJcsSha256" TEXT NOT NULL,
    "origin" "VersionOrigin" NOT NULL,
    "source" TEXT,
    "license" TEXT,
    "status" "VersionStatus" NOT NULL DEFAULT 'active',
    "statusMessage" TEXT,
    "isLatest" BOOLEAN NOT NULL DEFAULT false,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "statusChangedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "signatureState" "SignatureState" NOT NULL DEFAULT 'none',
    "provenanceState" "ProvenanceState" NOT NULL DEFAULT 'none',
    "currentScanId" TEXT,

    CONSTRAINT "Version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Signature" (
    "id" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "bundleSha256" TEXT NOT NULL,
    "bundle" JSONB NOT NULL,
    "result" JSONB NOT NULL,
    "isValid" BOOLEAN NOT NULL,
    "matched" JSONB,
    "verifiedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Signature_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrustRoot" (
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "trustedRoot" JSONB NOT NULL,
    "sha256" TEXT NOT NULL,
    "thresholds" JSONB NOT NULL,
    "namespaces" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "source" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrustRoot_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Feed" (
    "orgId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "serial" INTEGER NOT NULL DEFAULT 0,
    "mode" TEXT NOT NULL DEFAULT 'allowlist',
    "onStale" TEXT NOT NULL DEFAULT 'block_new',
    "graceSeconds" INTEGER NOT NULL DEFAULT 86400,
    "refreshSeconds" INTEGER NOT NULL DEFAULT 60,
    "pathKey" TEXT NOT NULL,
    "rootVersion" INTEGER NOT NULL DEFAULT 0,
    "targetsVersion" INTEGER NOT NULL DEFAULT 0,
    "snapshotVersion" INTEGER NOT NULL DEFAULT 0,
    "timestampVersion" INTEGER NOT NULL DEFAULT 0,
    "headBytes" BYTEA,
    "timestampBytes" BYTEA,
    "freshUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Feed_pkey" PRIMARY KEY ("orgId")
);

-- CreateTable
CREATE TABLE "FeedKey" (
    "id" TEXT NOT NULL,
    "orgId" TEXT NOT NULL,
    "role" "FeedKeyRole" NOT NULL,
    "keyid" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "publicPem" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retiredAt" TIMESTAMPTZ(3),

    CONSTRAINT "FeedKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FeedPublication" (
    "id" TEXT NOT NULL,
    "orgId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "serial" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "allowlistBytes" BYTEA NOT NULL,
    "allowlistSha256" TEXT NOT NULL,
    "revocationsBytes" BYTEA NOT NULL,
    "revocationsSha256" TEXT NOT NULL,
    "targetsVersion" INTEGER NOT NULL,
    "targetsBytes" BYTEA NOT NULL,
    "snapshotVersion" INTEGER NOT NULL,
    "snapshotBytes" BYTEA NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "FeedPublication_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FeedRoot" (
    "orgId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "FeedRoot_pkey" PRIMARY KEY ("orgId","version")
);

-- CreateTable
CREATE TABLE "ImportRun" (
    "id" TEXT NOT NULL,
    "file" TEXT NOT NULL,
    "totalLines" INTEGER NOT NULL,
    "doneLines" INTEGER NOT NULL DEFAULT 0,
    "imported" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ImportRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Org" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "displayName" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Org_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OrgMember" (
    "orgId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" "OrgRole" NOT NULL,

    CONSTRAINT "OrgMember_pkey" PRIMARY KEY ("orgId","userId")
);

-- CreateTable
CREATE TABLE "AllowlistEntry" (
    "id" TEXT NOT NULL,
    "orgId" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "state" "EntryState" NOT NULL DEFAULT 'approved',
    "reason" TEXT NOT NULL,
    "ownerId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AllowlistEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AllowlistVersion" (
    "id" TEXT NOT NULL,
    "entryId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "state" "EntryState" NOT NULL DEFAULT 'approved',
    "toolPolicy" JSONB NOT NULL,
    "feedEntry" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "approvedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedAt" TIMESTAMPTZ(3),
    "revokedReason" TEXT,

    CONSTRAINT "AllowlistVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Publisher" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "displayName" TEXT NOT NULL,
    "level" "PublisherLevel" NOT NULL DEFAULT 'unverified',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Publisher_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Namespace" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "proofKind" "NamespaceProofKind" NOT NULL,
    "proof" JSONB NOT NULL,
    "provenAt" TIMESTAMPTZ(3) NOT NULL,
    "publisherId" TEXT NOT NULL,

    CONSTRAINT "Namespace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignerIdentity" (
    "id" TEXT NOT NULL,
    "publisherId" TEXT NOT NULL,
    "identity" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SignerIdentity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PublisherMember" (
    "publisherId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" "PublisherRole" NOT NULL,

    CONSTRAINT "PublisherMember_pkey" PRIMARY KEY ("publisherId","userId")
);

-- CreateTable
CREATE TABLE "Scan" (
    "id" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "status" "ScanStatus" NOT NULL DEFAULT 'queued',
    "reason" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "error" JSONB,
    "rulesetVersion" TEXT,
    "definitionsOrigin" "DefinitionsOrigin",
    "definitions" JSONB,
    "digests" JSONB,
    "toolsDigest" TEXT,
    "coverage" JSONB,
    "packageFacts" JSONB,
    "findings" JSONB,
    "permissions" JSONB,
    "accusations" INTEGER NOT NULL DEFAULT 0,
    "grade" TEXT,
    "risk" TEXT,

    CONSTRAINT "Scan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DeclaredDefinitions" (
    "versionId" TEXT NOT NULL,
    "definitions" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DeclaredDefinitions_pkey" PRIMARY KEY ("versionId")
);

-- CreateTable
CREATE TABLE "SearchDocument" (
    "serverId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "toolNames" TEXT NOT NULL,
    "toolDescriptions" TEXT NOT NULL,
    "keywords" TEXT NOT NULL,
    "facets" JSONB NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "vector" tsvector,

    CONSTRAINT "SearchDocument_pkey" PRIMARY KEY ("serverId")
);

-- CreateIndex
CREATE INDEX "AuditEvent_chain_at_idx" ON "AuditEvent"("chain", "at");

-- CreateIndex
CREATE UNIQUE INDEX "AuditEvent_chain_seq_key" ON "AuditEvent"("chain", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Account_provider_providerAccountId_key" ON "Account"("provider", "providerAccountId");

-- CreateIndex
CREATE UNIQUE INDEX "Session_sessionToken_key" ON "Session"("sessionToken");

-- CreateIndex
CREATE UNIQUE INDEX "VerificationToken_token_key" ON "VerificationToken"("token");

-- CreateIndex
CREATE UNIQUE INDEX "VerificationToken_identifier_token_key" ON "VerificationToken"("identifier", "token");

-- CreateIndex
CREATE UNIQUE INDEX "AccessToken_hash_key" ON "AccessToken"("hash");

-- CreateIndex
CREATE INDEX "AccessToken_publisherId_idx" ON "AccessToken"("publisherId");

-- CreateIndex
CREATE INDEX "AccessToken_orgId_idx" ON "AccessToken"("orgId");

-- CreateIndex
CREATE UNIQUE INDEX "Server_name_key" ON "Server"("name");

-- CreateIndex
CREATE INDEX "Server_namespace_idx" ON "Server"("namespace");

-- CreateIndex
CREATE UNIQUE INDEX "Version_currentScanId_key" ON "Version"("currentScanId");

-- CreateIndex
CREATE INDEX "Version_serverId_idx" ON "Version"("serverId");

-- CreateIndex
CREATE INDEX "Version_isLatest_serverName_version_idx" ON "Version"("isLatest", "serverName", "version");

-- CreateIndex
CREATE INDEX "Version_updatedAt_idx" ON "Version"("updatedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Version_serverName_version_key" ON "Version"("serverName", "version");

-- CreateIndex
CREATE UNIQUE INDEX "Signature_versionId_bundleSha256_key" ON "Signature"("versionId", "bundleSha256");

-- CreateIndex
CREATE UNIQUE INDEX "Feed_pathKey_key" ON "Feed"("pathKey");

-- CreateIndex
CREATE UNIQUE INDEX "FeedKey_orgId_role_keyid_key" ON "FeedKey"("orgId", "role", "keyid");

-- CreateIndex
CREATE INDEX "FeedPublication_orgId_targetsVersion_idx" ON "FeedPublication"("orgId", "targetsVersion");

-- CreateIndex
CREATE INDEX "FeedPublication_orgId_snapshotVersion_idx" ON "FeedPublication"("orgId", "snapshotVersion");

-- CreateIndex
CREATE INDEX "FeedPublication_orgId_revocationsSha256_idx" ON "FeedPublication"("orgId", "revocationsSha256");

-- CreateIndex
CREATE INDEX "FeedPublication_orgId_allowlistSha256_idx" ON "FeedPublication"("orgId", "allowlistSha256");

-- CreateIndex
CREATE UNIQUE INDEX "FeedPublication_orgId_epoch_serial_key" ON "FeedPublication"("orgId", "epoch", "serial");

-- CreateIndex
CREATE UNIQUE INDEX "Org_slug_key" ON "Org"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "AllowlistEntry_orgId_serverId_key" ON "AllowlistEntry"("orgId", "serverId");

-- CreateIndex
CREATE UNIQUE INDEX "AllowlistVersion_entryId_versionId_key" ON "AllowlistVersion"("entryId", "versionId");

-- CreateIndex
CREATE UNIQUE INDEX "Publisher_slug_key" ON "Publisher"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "Namespace_name_key" ON "Namespace"("name");

-- CreateIndex
CREATE INDEX "Namespace_publisherId_idx" ON "Namespace"("publisherId");

-- CreateIndex
CREATE INDEX "SignerIdentity_publisherId_idx" ON "SignerIdentity"("publisherId");

-- CreateIndex
CREATE INDEX "Scan_versionId_createdAt_idx" ON "Scan"("versionId", "createdAt");

-- CreateIndex
CREATE INDEX "Scan_status_idx" ON "Scan"("status");

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccessToken" ADD CONSTRAINT "AccessToken_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccessToken" ADD CONSTRAINT "AccessToken_publisherId_fkey" FOREIGN KEY ("publisherId") REFERENCES "Publisher"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccessToken" ADD CONSTRAINT "AccessToken_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Version" ADD CONSTRAINT "Version_serverId_fkey" FOREIGN KEY ("serverId") REFERENCES "Server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Version" ADD CONSTRAINT "Version_currentScanId_fkey" FOREIGN KEY ("currentScanId") REFERENCES "Scan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Signature" ADD CONSTRAINT "Signature_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Feed" ADD CONSTRAINT "Feed_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FeedKey" ADD CONSTRAINT "FeedKey_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FeedPublication" ADD CONSTRAINT "FeedPublication_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OrgMember" ADD CONSTRAINT "OrgMember_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OrgMember" ADD CONSTRAINT "OrgMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AllowlistEntry" ADD CONSTRAINT "AllowlistEntry_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Org"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AllowlistEntry" ADD CONSTRAINT "AllowlistEntry_serverId_fkey" FOREIGN KEY ("serverId") REFERENCES "Server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AllowlistVersion" ADD CONSTRAINT "AllowlistVersion_entryId_fkey" FOREIGN KEY ("entryId") REFERENCES "AllowlistEntry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AllowlistVersion" ADD CONSTRAINT "AllowlistVersion_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Namespace" ADD CONSTRAINT "Namespace_publisherId_fkey" FOREIGN KEY ("publisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SignerIdentity" ADD CONSTRAINT "SignerIdentity_publisherId_fkey" FOREIGN KEY ("publisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublisherMember" ADD CONSTRAINT "PublisherMember_publisherId_fkey" FOREIGN KEY ("publisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublisherMember" ADD CONSTRAINT "PublisherMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Scan" ADD CONSTRAINT "Scan_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SearchDocument" ADD CONSTRAINT "SearchDocument_serverId_fkey" FOREIGN KEY ("serverId") REFERENCES "Server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The registry API pages by (name, version) in byte order, whatever the database's own collation is.
ALTER TABLE "Server" ALTER COLUMN "name" TYPE TEXT COLLATE "C";
ALTER TABLE "Version" ALTER COLUMN "serverName" TYPE TEXT COLLATE "C", ALTER COLUMN "version" TYPE TEXT COLLATE "C";

-- A server has one latest version, and two publications at once may not make two.
CREATE UNIQUE INDEX "Version_one_latest" ON "Version" ("serverName") WHERE "isLatest";
