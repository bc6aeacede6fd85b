using Metaflow.Environments.Records;

namespace Metaflow.Environments.Archives;

/// <summary>A place that may have the file of a package.</summary>
/// <param name="Name">Names the place in messages.</param>
/// <param name="OpenAsync">Opens the file; <see langword="null"/> if the place does not have it. Who reads it compares its bytes, and
/// disposes it.</param>
internal sealed record ArchivePlace(string Name, Func<ArchivePackage, CancellationToken, Task<Stream?>> OpenAsync);
