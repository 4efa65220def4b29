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

-- Keeps "SearchWord": adds the lexemes of new documents, takes away those of old ones. Writers of the index go one after
-- the other, because two that add the same words in another order would wait for each other.
CREATE FUNCTION count_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7246031989);
  IF TG_OP = 'INSERT' THEN
    INSERT INTO "SearchWord" AS known (word, documents)
    SELECT word, count(*) FROM added, unnest(tsvector_to_array(added.vector)) AS word GROUP BY word
    ON CONFLICT (word) DO UPDATE SET documents = known.documents + excluded.documents;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO "SearchWord" AS known (word, documents)
    SELECT word, sum(change) FROM (
      SELECT word, 1 AS change FROM added, unnest(tsvector_to_array(added.vector)) AS word
      UNION ALL
      SELECT word, -1 FROM removed, unnest(tsvector_to_array(removed.vector)) AS word
    ) AS changes GROUP BY word HAVING sum(change) <> 0
    ON CONFLICT (word) DO UPDATE SET documents = known.documents + excluded.documents;
    DELETE FROM "SearchWord" USING removed, unnest(tsvector_to_array(removed.vector)) AS gone
    WHERE "SearchWord".word = gone AND documents <= 0;
  ELSE
    UPDATE "SearchWord" SET documents = documents - gone.n FROM (
      SELECT word, count(*) AS n FROM removed, unnest(tsvector_to_array(removed.vector)) AS word GROUP BY word
    ) AS gone WHERE "SearchWord".word = gone.word;
    DELETE FROM "SearchWord" USING removed, unnest(tsvector_to_array(removed.vector)) AS gone
    WHERE "SearchWord".word = gone AND documents <= 0;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER search_words_added AFTER INSERT ON "SearchDocument"
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_search_words();
CREATE TRIGGER search_words_changed AFTER UPDATE ON "SearchDocument"
REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_search_words();
CREATE TRIGGER search_words_removed AFTER DELETE ON "SearchDocument"
REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_search_words();
