using Metaflow.Environments.Records;

namespace Metaflow.Environments.Resolution;

/// <summary>Resolves environments that nobody has resolved before.</summary>
internal sealed class EnvironmentResolver(NuGetResolver nuget, Action<IReadOnlyDictionary<string, string>> found)
{
    public async Task<IReadOnlyList<ResolvedEnvironment>> ResolveAsync(
        IReadOnlyList<WantedEnvironment> wanted, CancellationToken cancellationToken)
    {
        var locked = await nuget.ResolveAsync(wanted, cancellationToken).ConfigureAwait(false);
        foreach (var each in locked)
        {
            found(each.Files);
        }

        return [.. locked.Select(static each => each.Environment)];
    }
}
