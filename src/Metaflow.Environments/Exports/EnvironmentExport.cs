using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Exports;

/// <summary>Writes an environment for other programs.</summary>
/// <remarks>All formats name every package with its exact version, those that others need too: whoever reads them gets the same
/// packages.</remarks>
internal static class EnvironmentExport
{
    // NuGet writes this version where one file has the versions of all projects, and reads it everywhere.
    private const int LockVersion = 2;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes an environment.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="format">One of <see cref="ExportFormat.All"/>.</param>
    /// <param name="framework">The framework that it is for, such as <c>net10.0</c>.</param>
    /// <returns>The text, with a line break at its end.</returns>
    public static string Write(ResolvedEnvironment environment, string format, string framework)
    {
        var packages = environment.Libraries.OrderBy(static package => package.Id, StringComparer.OrdinalIgnoreCase).ToList();
        return format switch
        {
            ExportFormat.LockFile => Lock(packages, framework),
            ExportFormat.Project => Project(packages),
            ExportFormat.Yaml => PythonExport.Yaml(environment),
            ExportFormat.Explicit => PythonExport.Explicit(environment),
            ExportFormat.CondaLock => LockExport.CondaLock(environment),
            ExportFormat.Pixi => LockExport.Pixi(environment),
            ExportFormat.Pylock => LockExport.Pylock(environment),
            _ => Requirements(packages, environment.Sources) + PythonExport.Requirements(environment),
        };
    }

    /// <summary>Says what a project needs so that NuGet accepts the text, and what the text lacks.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="format">One of <see cref="ExportFormat.All"/>.</param>
    /// <param name="framework">The framework that it is for.</param>
    /// <returns>Sentences; none if there is nothing to say.</returns>
    public static IEnumerable<string> Notes(ResolvedEnvironment environment, string format, string framework)
    {
        if (format == ExportFormat.LockFile)
        {
            yield return $"A project that uses it has TargetFramework {framework}, no RuntimeIdentifiers, and the items of '--format "
                + $"{ExportFormat.Project}'. Then 'dotnet restore --locked-mode' restores these packages.";
        }

        var hidden = environment.Packages.Where(package => !Shows(format, package)).Select(static package => package.Name).ToList();
        if (hidden.Count > 0)
        {
            yield return $"It leaves out what a file of this kind cannot name: {Shortened.Of(string.Join(", ", hidden))}.";
        }

        if (environment.Runtime is { } runtime)
        {
            yield return $"The runtime, .NET {runtime.Version}, is not part of it: no file of this kind can name one.";
        }
    }

    private static bool Shows(string format, LockedPackage package) => package switch
    {
        NuGetPackage nuget => nuget.IsRuntime || format is ExportFormat.LockFile or ExportFormat.Project or ExportFormat.Requirements,
        ArchivePackage archive when format is ExportFormat.CondaLock or ExportFormat.Pixi => LockExport.IsWritten(archive),
        PyPIPackage wheel when format == ExportFormat.Pylock => LockExport.IsWritten(wheel),
        CondaPackage => format is ExportFormat.Yaml or ExportFormat.Explicit or ExportFormat.Requirements,
        _ => format is ExportFormat.Yaml or ExportFormat.Requirements,
    };

    private static string Lock(List<NuGetPackage> packages, string framework)
    {
        var known = packages.Select(static package => package.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);

        // Without a part for a kind of machine: NuGet would accept the file only in projects that name the same kinds.
        var entries = new JsonObject();
        foreach (var package in packages)
        {
            var entry = new JsonObject
            {
                ["type"] = "Direct",
                ["requested"] = $"[{package.Version}, {package.Version}]",
                ["resolved"] = package.Version,
                ["contentHash"] = package.ContentHash,
            };

            // NuGet leaves out what the framework has itself.
            var needed = package.Dependencies.Where(dependency => known.Contains(dependency.Key)).ToList();
            if (needed.Count > 0)
            {
                entry["dependencies"] = new JsonObject(needed.OrderBy(static dependency => dependency.Key, StringComparer.OrdinalIgnoreCase)
                    .Select(static dependency => KeyValuePair.Create<string, JsonNode?>(dependency.Key, dependency.Value)));
            }

            entries[package.Id] = entry;
        }

        return new JsonObject
        {
            ["version"] = LockVersion,
            ["dependencies"] = new JsonObject { [framework] = entries },
        }.ToJsonString(Indented) + "\n";
    }

    private static string Project(List<NuGetPackage> packages)
    {
        var text = new StringBuilder("<ItemGroup>\n");
        foreach (var package in packages)
        {
            text.Append("  <PackageReference Include=\"").Append(SecurityElement.Escape(package.Id)).Append("\" Version=\"[")
                .Append(SecurityElement.Escape(package.Version)).Append("]\" />\n");
        }

        return text.Append("</ItemGroup>\n").ToString();
    }

    private static string Requirements(List<NuGetPackage> packages, IReadOnlyList<TypedText> sources)
    {
        var text = new StringBuilder();
        foreach (var source in sources.Where(static source => source.Category == Categories.NuGet))
        {
            text.Append("--nuget-source ").Append(source.Value).Append('\n');
        }

        foreach (var package in packages)
        {
            text.Append("--nuget-pkg ").Append(package.Id).Append("==").Append(package.Version).Append('\n');
        }

        return text.ToString();
    }
}
