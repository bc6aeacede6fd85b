namespace Metaflow.Storage;

/// <summary>The rules for the paths of objects.</summary>
internal static class StorePaths
{
    /// <summary>Returns true if stores accept a path: one with <c>.</c> or <c>..</c> may lead out of the datastore.</summary>
    /// <param name="path">The path relative to the root.</param>
    /// <returns>Whether they do.</returns>
    public static bool IsAddressable(string path)
        => !path.StartsWith('/') && path.Split('/').All(static part => part is not ("." or ".."));
}
