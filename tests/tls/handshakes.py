def tests(judge, directory):
    return []
