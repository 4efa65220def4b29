-- Bodies are mostly hex digits of digests: compressing ten megabytes of them took longer than everything else in a publication.
ALTER TABLE "FeedPublication" ALTER COLUMN "allowlistBytes" SET STORAGE EXTERNAL;
