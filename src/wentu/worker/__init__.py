"""Door 1: takes questions from the queue, relays their events into streams, keeps the engines running."""
