using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>What each project may refer to. A new reference is a visible change of this table.</summary>
internal static class ProjectTable
{
    public static readonly IReadOnlyList<ProjectRow> Rows =
    [
        new(
            "Metaflow.Core",
            [],
            [],
            [
                "Metaflow",
                "Metaflow.Aws",
                "Metaflow.Azure",
                "Metaflow.Benchmarks",
                "Metaflow.Cli",
                "Metaflow.Cli.Tests",
                "Metaflow.Core.Tests",
                "Metaflow.Environments",
                "Metaflow.Environments.Tests",
                "Metaflow.Gcp",
                "Metaflow.Generators.Tests",
                "Metaflow.Hosting",
                "Metaflow.Hosting.Tests",
                "Metaflow.ObjectStorage",
                "Metaflow.ObjectStorage.Tests",
                "Metaflow.Python",
                "Metaflow.Python.Tests",
                "Metaflow.Scenarios.Tests",
                "Metaflow.Testing",
                "Metaflow.Testing.Tests",
                "Metaflow.Tests",
                "Metaflow.Tool",
                "Metaflow.Tool.Tests",
            ]),
        new(
            "Metaflow.Cli",
            ["Metaflow.Core"],
            [
                "Microsoft.Diagnostics.NETCore.Client",
                "Microsoft.Diagnostics.Runtime",
                "Spectre.Console",
                "System.CommandLine",
                "YamlDotNet",
            ],
            ["Metaflow", "Metaflow.Cli.Tests", "Metaflow.Tool", "Metaflow.Tool.Tests"]),
        new(
            "Metaflow.Python",
            ["Metaflow.Core"],
            ["SharpCompress", "ZstdSharp.Port"],
            ["Metaflow", "Metaflow.Environments", "Metaflow.Environments.Tests", "Metaflow.Python.Tests", "Metaflow.Tool"]),
        new(
            "Metaflow.Environments",
            ["Metaflow.Core", "Metaflow.Python"],
            ["NuGet.Versioning", "Tomlyn", "YamlDotNet"],
            ["Metaflow", "Metaflow.Environments.Tests", "Metaflow.Tool", "Metaflow.Tool.Tests"]),
        new(
            "Metaflow",
            ["Metaflow.Cli", "Metaflow.Core", "Metaflow.Environments"],
            [],
            ["Metaflow.Generators.Tests", "Metaflow.Hosting", "Metaflow.Testing", "Metaflow.Tests"]),
        new("Metaflow.TaskHost", [], [], []),
        new("Metaflow.Hosting", ["Metaflow", "Metaflow.Core"], ["Microsoft.Extensions.Hosting.Abstractions"], []),
        new(
            "Metaflow.ObjectStorage",
            ["Metaflow.Core"],
            [],
            ["Metaflow.Aws", "Metaflow.Azure", "Metaflow.Gcp", "Metaflow.ObjectStorage.Tests", "Metaflow.Scenarios.Tests"]),
        new(
            "Metaflow.Aws",
            ["Metaflow.Core", "Metaflow.ObjectStorage"],
            [],
            ["Metaflow.ObjectStorage.Tests", "Metaflow.Scenarios.Tests", "Metaflow.Tool"]),
        new(
            "Metaflow.Azure",
            ["Metaflow.Core", "Metaflow.ObjectStorage"],
            [],
            ["Metaflow.ObjectStorage.Tests", "Metaflow.Scenarios.Tests"]),
        new(
            "Metaflow.Gcp",
            ["Metaflow.Core", "Metaflow.ObjectStorage"],
            [],
            ["Metaflow.ObjectStorage.Tests", "Metaflow.Scenarios.Tests"]),
        new(
            "Metaflow.Tool",
            ["Metaflow.Aws", "Metaflow.Azure", "Metaflow.Cli", "Metaflow.Core", "Metaflow.Environments", "Metaflow.Gcp"],
            [],
            ["Metaflow.Tool.Tests"]),
        new("Metaflow.Testing", ["Metaflow", "Metaflow.Core"], [], []),
        new("Metaflow.Templates", [], [], []),
        new(
            "Metaflow.Generators",
            [],
            ["Microsoft.CodeAnalysis.Analyzers", "Microsoft.CodeAnalysis.CSharp"],
            ["Metaflow.CodeFixes", "Metaflow.Generators.Tests"]),
        new("Metaflow.CodeFixes", ["Metaflow.Generators"], ["Microsoft.CodeAnalysis.CSharp.Workspaces"], ["Metaflow.Generators.Tests"]),
    ];

    public static IReadOnlyList<string> Check(IEnumerable<ProjectFile> projects, IReadOnlyList<ProjectRow> rows)
    {
        var problems = new List<string>();
        foreach (var project in projects)
        {
            var row = rows.FirstOrDefault(row => row.Project == project.Name);
            if (row is null)
            {
                problems.Add($"Project '{project.Name}' is not in the table.");
                continue;
            }

            Compare(project.Name, "project", project.ProjectReferences, row.Projects, problems);
            Compare(project.Name, "package", project.PackageReferences, row.Packages, problems);
            Compare(project.Name, "friend", project.FriendAssemblies, row.Friends, problems);
        }

        return problems;
    }

    private static void Compare(
        string project, string kind, IReadOnlyList<string> actual, IReadOnlyList<string> allowed, List<string> problems)
        => problems.AddRange(actual.Except(allowed)
            .Select(name => $"'{project}' refers to {kind} '{name}', which the table does not allow."));
}

/// <summary>One row of the table.</summary>
/// <param name="Project">The project.</param>
/// <param name="Projects">The projects it may refer to.</param>
/// <param name="Packages">The packages it may refer to.</param>
/// <param name="Friends">Who may see its internals: its own tests, and what the design names.</param>
internal sealed record ProjectRow(
    string Project, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages, IReadOnlyList<string> Friends);
