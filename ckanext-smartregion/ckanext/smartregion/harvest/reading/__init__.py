"""What far ends send, read under limits: JSON in this process, RDF, ISO, GTFS, OCPI and workbooks in a fenced child."""
