-- Takes the fold's turn: whoever holds this row folds, everybody else waits.
SELECT watermark.name FROM watermarks AS watermark WHERE watermark.name = 'fold' FOR UPDATE
