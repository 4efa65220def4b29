-- The search index is derived from the catalog and built again from there.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
DELETE FROM "SearchDocument";

-- AlterTable
ALTER TABLE "SearchDocument" DROP COLUMN "vector",
DROP COLUMN "keywords",
DROP COLUMN "title",
ADD COLUMN     "nameKey" TEXT NOT NULL,
ADD COLUMN     "names" TEXT NOT NULL,
ADD COLUMN     "titleKey" TEXT NOT NULL,
-- Pages are cut in the order of the name, the same on every database.
ALTER COLUMN   "name" TYPE TEXT COLLATE "C";

-- Words as they are written ("simple") and their English stems. Descriptions of tools are long and only stemmed.
ALTER TABLE "SearchDocument" ADD COLUMN "vector" tsvector GENERATED ALWAYS AS (
  setweight(to_tsvector('pg_catalog.simple', "names"), 'A')
  || setweight(to_tsvector('pg_catalog.simple', "toolNames"), 'B')
  || setweight(to_tsvector('pg_catalog.simple', "description"), 'C')
  || setweight(to_tsvector('pg_catalog.english', "names"), 'A')
  || setweight(to_tsvector('pg_catalog.english', "toolNames"), 'B')
  || setweight(to_tsvector('pg_catalog.english', "description"), 'C')
  || setweight(to_tsvector('pg_catalog.english', "toolDescriptions"), 'D')
) STORED;

-- CreateTable
CREATE TABLE "SearchWord" (
    "word" TEXT COLLATE "C" NOT NULL,
    "documents" INTEGER NOT NULL,

    CONSTRAINT "SearchWord_pkey" PRIMARY KEY ("word")
);

-- CreateTable
CREATE TABLE "SearchPush" (
    "serverId" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SearchPush_pkey" PRIMARY KEY ("serverId")
);

-- CreateIndex
CREATE INDEX "SearchWord_word_trgm_idx" ON "SearchWord" USING GIN ("word" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "SearchDocument_vector_idx" ON "SearchDocument" USING GIN ("vector");

-- CreateIndex
CREATE INDEX "SearchDocument_facets_idx" ON "SearchDocument" USING GIN ("facets" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "SearchDocument_names_trgm_idx" ON "SearchDocument" USING GIN ("names" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "SearchDocument_toolNames_trgm_idx" ON "SearchDocument" USING GIN ("toolNames" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "SearchDocument_name_idx" ON "SearchDocument"("name");
