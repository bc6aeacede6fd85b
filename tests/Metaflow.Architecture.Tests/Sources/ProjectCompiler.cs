using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Architecture.Tests.Sources;

/// <summary>Compiles sources in memory, without source generators.</summary>
internal static class ProjectCompiler
{
    private static readonly SourceFile ImplicitUsings = new("ImplicitUsings.cs", """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """);

    private static readonly MetadataReference[] Platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)

        // The namespace of these tests would hide the type Metaflow.Environments.Architecture.
        .Where(static path => path != typeof(ProjectCompiler).Assembly.Location)
        .Select(static MetadataReference (path) => MetadataReference.CreateFromFile(path)).ToArray();

    public static ProjectCompilation Compile(
        string project, IEnumerable<SourceFile> files, params IEnumerable<ProjectCompilation> references)
    {
        var trees = files.Append(ImplicitUsings).Select(static file => file.Parse("NET", "NET10_0", "NET10_0_OR_GREATER"));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var projects = references.Select(static MetadataReference (reference) => reference.Compilation.ToMetadataReference());
        return new ProjectCompilation(project, CSharpCompilation.Create(project, trees, Platform.Concat(projects), options));
    }

    public static ProjectCompilation CompileSample(params (string Path, string Text)[] files)
        => Compile("Sample", files.Select(static file => new SourceFile(file.Path, file.Text)));

    public static IReadOnlyList<ProjectCompilation> CompileAll(RepositorySources sources)
    {
        var done = new Dictionary<string, ProjectCompilation>(StringComparer.Ordinal);
        var waiting = sources.SourceProjects.ToList();
        while (waiting.Count > 0)
        {
            var next = waiting.First(project => project.ProjectReferences.All(done.ContainsKey));
            waiting.Remove(next);
            var references = Closure(next, sources).Select(name => done[name]);
            done.Add(next.Name, Compile(next.Name, FilesOf(next, sources), references));
        }

        return [.. done.Values];
    }

    private static HashSet<string> Closure(ProjectFile project, RepositorySources sources)
    {
        var closure = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(project.ProjectReferences);
        while (open.TryPop(out var name))
        {
            if (closure.Add(name))
            {
                foreach (var further in sources.SourceProjects.Single(other => other.Name == name).ProjectReferences)
                {
                    open.Push(further);
                }
            }
        }

        return closure;
    }

    private static IEnumerable<SourceFile> FilesOf(ProjectFile project, RepositorySources sources)
    {
        var prefixes = project.LinkedSources.Select(glob => LinkedPrefix(project.Folder, glob)).Append(project.Folder + "/").ToList();
        return sources.SourceCode.Where(file => prefixes.Any(prefix => file.Path.StartsWith(prefix, StringComparison.Ordinal)))
            .Append(Friends(project));
    }

    private static SourceFile Friends(ProjectFile project) => new("Friends.cs", string.Concat(project.FriendAssemblies.Select(
        static name => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{name}\")]\n")));

    private static string LinkedPrefix(string folder, string glob)
    {
        var path = Path.GetRelativePath("/", Path.GetFullPath(glob, "/" + folder)).Replace('\\', '/');
        var star = path.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? path : path[..star];
    }
}
