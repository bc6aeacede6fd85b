using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>The errors of lock files of conda, pixi, uv and PEP 751.</summary>
internal static class LockErrors
{
    /// <summary>Returns the error of a lock file that has nothing for what is asked.</summary>
    /// <param name="file">The file.</param>
    /// <param name="wanted">What it lacks, such as <c>packages for win-64</c>.</param>
    /// <param name="held">What it has instead, a sentence.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException Lacks(InputFile file, string wanted, string held)
        => new(
            ErrorCodes.LockLacksMachine,
            $"'{file.Name}' has no {Shortened.Of(wanted)}.",
            held,
            "Ask for what it has, for example with '--arch', or let the program that wrote the file lock this too.");

    /// <summary>Returns the error of a package that is on this machine only.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The package.</param>
    /// <param name="place">What it is, such as <c>a folder of this machine</c>.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException NotKept(InputFile file, string name, string place)
        => file.Error(
            ErrorCodes.OptionUnsupported,
            0,
            name,
            $"The package is {place}, which no other machine has.",
            "Publish the package to an index, or name it by the address of its repository.");

    /// <summary>Lists names for a message.</summary>
    /// <param name="names">The names.</param>
    /// <param name="what">What they are, such as <c>packages for</c>.</param>
    /// <returns>A sentence.</returns>
    public static string Held(IEnumerable<string> names, string what)
    {
        var all = string.Join(", ", names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return all.Length == 0 ? "It has none at all." : $"It has {what} {Shortened.Of(all)}.";
    }
}
