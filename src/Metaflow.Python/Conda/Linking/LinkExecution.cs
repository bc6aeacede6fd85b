using System.Security.Cryptography;
using Metaflow.Platform;
using Metaflow.Python.Conda.Archives;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Writes the files of an environment as they are planned.</summary>
/// <param name="plan">The plan.</param>
/// <param name="options">How the environment is made.</param>
internal sealed class LinkExecution(LinkPlan plan, LinkOptions options)
{
    private const int ChunkSize = 32;
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;
    private readonly Lock _gate = new();
    private readonly List<string> _written = [];
    private readonly List<string> _unsigned = [];
    private readonly string _prefixText = options.IsForWindows ? plan.Prefix.Replace('\\', '/') : plan.Prefix;
    private LinkCounts _counts;

    /// <summary>Gets how many files of each kind were made.</summary>
    public LinkCounts Counts => _counts;

    /// <summary>Gets the changed programs for macOS that were not signed, in order.</summary>
    public IReadOnlyList<string> Unsigned => [.. _unsigned.Order(StringComparer.Ordinal)];

    /// <summary>Writes all files. They are durable at the end.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was made of each path of each package, in the order of the plan.</returns>
    /// <exception cref="IOException">The environment's folder cannot be written.</exception>
    /// <exception cref="Errors.EnvironmentException">MF7067: a program for macOS cannot be signed.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<PlacedPath>>> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in plan.Folders)
        {
            Directory.CreateDirectory(Path.Combine(plan.Prefix, folder));
        }

        var placement = FilePlacement.For(options.Method, FindSample(), plan.Prefix);
        var placed = plan.Packages.Select(static package => new PlacedPath[package.Paths.Count]).ToList();
        var work = plan.Packages.SelectMany(static (package, number)
            => Enumerable.Range(0, package.Paths.Count).Select(path => (Number: number, Path: path)));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(work.Chunk(ChunkSize), parallel, async (chunk, token) =>
        {
            foreach (var (number, path) in chunk)
            {
                token.ThrowIfCancellationRequested();
                var package = plan.Packages[number];
                placed[number][path] = await MakeAsync(package, package.Paths[path], placement, token).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        WrittenFiles.Flush(_written);
        foreach (var folder in plan.Folders)
        {
            DurableFile.FlushFolder(Path.Combine(plan.Prefix, folder));
        }

        DurableFile.FlushFolder(plan.Prefix);
        CompleteElsewhere(placed);
        return placed;
    }

    // What a record says of a file that another package brought is what is there.
    private static void CompleteElsewhere(List<PlacedPath[]> placed)
    {
        if (!placed.Any(static package => Array.Exists(package, static path => path.Path.IsElsewhere)))
        {
            return;
        }

        var owners = placed.SelectMany(static package => package).Where(static path => !path.Path.IsElsewhere)
            .ToLookup(static path => path.Path.Place, StringComparer.OrdinalIgnoreCase);
        foreach (var package in placed)
        {
            for (var i = 0; i < package.Length; i++)
            {
                var place = package[i].Path.Place;
                if (package[i].Path.IsElsewhere
                    && (owners[place].FirstOrDefault(path => path.Path.Place == place) ?? owners[place].FirstOrDefault()) is { } owner)
                {
                    package[i] = owner with { Path = package[i].Path };
                }
            }
        }
    }

    private string? FindSample() => plan.Packages.SelectMany(static package => package.Paths
        .Where(static path => path.Kind == EntryKind.File && path.Source is not null)
        .Select(path => Path.Combine(package.Source.Package.Folder, path.Source!.Path))).FirstOrDefault();

    private async ValueTask<PlacedPath> MakeAsync(
        PlannedPackage package, PlannedPath path, FilePlacement placement, CancellationToken cancellationToken)
    {
        var target = Path.Combine(plan.Prefix, path.Place);
        if (path.IsElsewhere)
        {
            return new PlacedPath(path, LinkMethod.Automatic, "", IsRewritten: false);
        }

        if (path.Script is { } script)
        {
            return MakeScript(path, target, script);
        }

        switch (path.Kind)
        {
            case EntryKind.Folder:
                return new PlacedPath(path, LinkMethod.Automatic, "", IsRewritten: false);
            case EntryKind.Link:
                File.CreateSymbolicLink(target, path.Source!.Entry.Target!);
                Count(static counts => counts with { Links = counts.Links + 1 });
                return new PlacedPath(path, LinkMethod.Automatic, "", IsRewritten: false);
            case EntryKind.File when path.Source!.Placeholder is not null:
                return await RewriteAsync(package, path, target, cancellationToken).ConfigureAwait(false);
        }

        var done = placement.Place(Path.Combine(package.Source.Package.Folder, path.Source!.Path), target, path.Source.IsCopied);
        Count(counts => done switch
        {
            LinkMethod.HardLink => counts with { HardLinked = counts.HardLinked + 1 },
            LinkMethod.Clone => counts with { Cloned = counts.Cloned + 1 },
            _ => counts with { Copied = counts.Copied + 1 },
        });
        if (done == LinkMethod.Copy)
        {
            Keep(target);
        }

        return new PlacedPath(path, done, path.Source.Entry.Sha256, IsRewritten: false);
    }

    private PlacedPath MakeScript(PlannedPath path, string target, byte[] script)
    {
        using var file = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, script, 0);
        SetMode(file, Executable);
        WrittenFiles.Start(file);
        Keep(target);
        Count(static counts => counts with { Commands = counts.Commands + 1 });
        return new PlacedPath(path, LinkMethod.Automatic, Convert.ToHexStringLower(SHA256.HashData(script)), IsRewritten: true);
    }

    private async ValueTask<PlacedPath> RewriteAsync(
        PlannedPackage package, PlannedPath path, string target, CancellationToken cancellationToken)
    {
        var source = path.Source!;
        string sha256;
        bool isChanged;
        using (var file = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
        {
            (sha256, isChanged) = Rewrite(package, source, file);
            SetMode(file, source.Entry.Mode | UnixFileMode.UserWrite);

            // A changed source must not look like the one that was compiled, though its length may be the same.
            var seconds = Math.Clamp(source.Entry.ModifiedAt, 0, uint.MaxValue) + (isChanged ? 1 : 0);
            File.SetLastWriteTimeUtc(file, DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime);
            WrittenFiles.Start(file);
        }

        Keep(target);
        Count(static counts => counts with { Rewritten = counts.Rewritten + 1 });
        if (isChanged && source.IsBinary && options.Subdir == CodeSignature.Subdir && CodeSignature.IsNeeded(target))
        {
            sha256 = await SignAsync(path, target, sha256, cancellationToken).ConfigureAwait(false);
        }

        return new PlacedPath(path, LinkMethod.Copy, sha256, IsRewritten: true);
    }

    private (string Sha256, bool IsChanged) Rewrite(PlannedPackage package, PackagePath source, SafeFileHandle file)
    {
        using var content = new FileStream(
            Path.Combine(package.Source.Package.Folder, source.Path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var target = new HandleStream(file);
        using var buffered = new BufferedStream(target, 64 << 10);
        using var written = new HashingStream(buffered);
        var replacement = new PrefixReplacement(source.Placeholder!, _prefixText);
        var isChanged = source.IsBinary
            ? replacement.CopyBinary(content, written) : replacement.CopyText(content, written, isScript: !options.IsForWindows);
        return (written.Finish(), isChanged);
    }

    private async Task<string> SignAsync(PlannedPath path, string target, string sha256, CancellationToken cancellationToken)
    {
        if (options.SignAsync is not { } sign)
        {
            lock (_gate)
            {
                _unsigned.Add(path.Target);
            }

            return sha256;
        }

        await sign(target, cancellationToken).ConfigureAwait(false);

        using var content = File.OpenRead(target);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
    }

    private static void SetMode(SafeFileHandle file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }
    }

    private void Count(Func<LinkCounts, LinkCounts> change)
    {
        lock (_gate)
        {
            _counts = change(_counts);
        }
    }

    private void Keep(string target)
    {
        lock (_gate)
        {
            _written.Add(target);
        }
    }
}
