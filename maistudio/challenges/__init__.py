"""The challenges: their files, their data on disk, their scores and published results."""
