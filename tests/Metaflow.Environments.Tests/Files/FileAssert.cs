using Metaflow.Environments.Files;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Files;

/// <summary>What the tests of all formats ask.</summary>
internal static class FileAssert
{
    /// <summary>Returns the packages of a category as <c>name=constraint</c>, one a line, sorted.</summary>
    public static string Packages(FileRequirement read, string category)
        => read.Requirement.Packages.TryGetValue(category, out var packages)
            ? string.Join('\n', packages.Select(static package => $"{package.Key}={package.Value}").Order(StringComparer.Ordinal))
            : "";

    /// <summary>Returns the sources of a category.</summary>
    public static IReadOnlyList<string> Sources(FileRequirement read, string category)
        => read.Requirement.Sources.GetValueOrDefault(category, []);

    /// <summary>Asserts that reading fails with a code, and names the place.</summary>
    public static ConfigurationException Refused(string code, string what, Func<FileRequirement> read)
    {
        var error = Assert.Throws<ConfigurationException>(read);

        Assert.Equal(code, error.Code);
        Assert.StartsWith(what, error.What, StringComparison.Ordinal);
        Assert.NotEqual("", error.Why);
        Assert.NotEqual("", error.Fix);
        Assert.InRange(error.Message.Length, 1, 1500);
        return error;
    }
}
