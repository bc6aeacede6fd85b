using Metaflow.Environments.Records;

namespace Metaflow.Environments.Storage;

/// <summary>The environments that this machine knew when they were read. Records are understood when somebody asks for them.</summary>
/// <param name="files">The lists with their files. Where two have the same, the first one counts.</param>
internal sealed class KnownEnvironments(IReadOnlyList<(string Path, ManifestContent Content)> files)
{
    /// <summary>Gets the identities of all environments.</summary>
    public IEnumerable<EnvironmentId> Ids => files.SelectMany(static file => file.Content.Ids).Distinct();

    /// <summary>Gets the names with what they stand for. The hash of the packages is a name, too.</summary>
    public IReadOnlyDictionary<string, EnvironmentTarget> Names
    {
        get
        {
            var names = new Dictionary<string, EnvironmentTarget>(StringComparer.Ordinal);
            foreach (var (name, target) in files.SelectMany(static file => file.Content.Aliases))
            {
                names.TryAdd(name, target);
            }

            return names;
        }
    }

    /// <summary>Returns an environment.</summary>
    /// <param name="id">Its identity.</param>
    /// <returns>The environment; <see langword="null"/> if it is not known here.</returns>
    /// <exception cref="Errors.EnvironmentException">Its record cannot be read (MF7031, MF7032).</exception>
    public ResolvedEnvironment? Find(EnvironmentId id)
    {
        foreach (var (path, content) in files)
        {
            if (content.Find(id) is { } record)
            {
                try
                {
                    return EnvironmentJson.Read(id, record);
                }
                catch (Exception error) when (error is FormatException or NotSupportedException)
                {
                    throw RecordErrors.DamagedRecord(path, id, error);
                }
            }
        }

        return null;
    }

    /// <summary>Returns the environments that were found for the same requirements.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <returns>The environments.</returns>
    /// <exception cref="Errors.EnvironmentException">A record cannot be read (MF7031, MF7032).</exception>
    public IReadOnlyList<ResolvedEnvironment> AllOf(string requestId, string architecture)
        => [.. files.SelectMany(file => file.Content.IdsOf(requestId, architecture)).Distinct().Select(Find).OfType<ResolvedEnvironment>()];

    /// <summary>Returns the environment that this machine uses for some requirements.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <returns>Its identity; <see langword="null"/> if none was chosen.</returns>
    public EnvironmentId? DefaultOf(string requestId, string architecture)
        => files.Select(file => file.Content.DefaultOf(requestId, architecture)).FirstOrDefault(static id => id is not null);

    /// <summary>Returns what a name stands for.</summary>
    /// <param name="name">The name as it is stored: <c>name/tag</c>, or the hash of the packages.</param>
    /// <returns>The environment; <see langword="null"/> if there is no such name.</returns>
    public EnvironmentTarget? TargetOf(string name)
        => files.Select(file => file.Content.TargetOf(name)).FirstOrDefault(static target => target is not null);
}
