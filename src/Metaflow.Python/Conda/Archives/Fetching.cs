namespace Metaflow.Python.Conda.Archives;

/// <summary>Gets the file of a package from the first place that has it undamaged.</summary>
/// <param name="Sources">The places, the nearest first.</param>
/// <param name="Fetched">Learns how many bytes were read.</param>
internal sealed record Fetching(IReadOnlyList<ArchiveSource> Sources, Action<long>? Fetched)
{
    /// <summary>Opens the file, all of whose bytes were compared with the hashes.</summary>
    /// <remarks>A place whose copy is damaged is passed over; it is named if no other has the package.</remarks>
    /// <param name="package">The package.</param>
    /// <param name="copy">Where to put a copy. A file of this machine is read where it is, and kept open from its comparison on.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The file, from its beginning, which the caller disposes, and its hashes.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7022: no place has it. MF7023: the bytes are not those that were
    /// locked.</exception>
    public async Task<(Stream File, PackageHashes Hashes)> OpenAsync(
        ExpectedPackage package, string copy, CancellationToken cancellationToken)
    {
        Exception? damage = null;
        foreach (var source in Sources)
        {
            var content = await source.OpenAsync(package, cancellationToken).ConfigureAwait(false);
            if (content is null)
            {
                continue;
            }

            var file = content as FileStream;
            try
            {
                // Closed on the way out, unless the file itself is returned.
                file ??= new FileStream(copy, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                var hashes = await PackageHashes.OfAsync(
                    content, ReferenceEquals(file, content) ? null : file, Fetched, cancellationToken).ConfigureAwait(false);
                if (package.DifferenceFrom(hashes) is not { } difference)
                {
                    file.Position = 0;
                    var result = file;
                    file = null;
                    return (result, hashes);
                }

                damage ??= ArchiveErrors.Damaged(package.FileName, source.Name, difference);
            }
            finally
            {
                if (file is not null)
                {
                    await file.DisposeAsync().ConfigureAwait(false);
                }

                if (content is not FileStream)
                {
                    await content.DisposeAsync().ConfigureAwait(false);
                }
            }
        }

        throw damage ?? ArchiveErrors.Missing(package.FileName, Sources.Select(static source => source.Name));
    }
}
