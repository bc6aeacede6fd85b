using Metaflow.Generators.Extraction;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>The types that no serializer could ever store, by kind, and what to store in their place.</summary>
internal static class UnstorableTypes
{
    private const string Otherwise = "Store the data from which it is created, or make it an ordinary property, which is not stored.";
    private const string Connection =
        "Store its address or connection string, and open it in the step that needs it. Or take it from a [Service] property.";
    private const string Waiting = "Store the values that it returns, not the object that waits for them.";
    private const string Text = "Store the data that it reads or writes, as 'byte[]' or 'string', or the path of its file.";
    private const string Query = "Store its items as 'T[]' or 'List<T>', with ToArray() or ToList().";

    /// <summary>By the name of a class that the type is or derives from, or of an interface that it is or implements.</summary>
    private static readonly Dictionary<string, string> Fixes = new(StringComparer.Ordinal)
    {
        ["System.IO.Stream"] = "Declare the artifact itself as 'Stream', whose bytes are then stored; or store the data as 'byte[]'.",
        ["System.IO.TextReader"] = Text,
        ["System.IO.TextWriter"] = Text,
        ["System.Threading.Tasks.Task"] = Waiting,
        ["System.Threading.Tasks.ValueTask"] = Waiting,
        ["System.Threading.Tasks.ValueTask<TResult>"] = Waiting,
        ["System.Threading.Tasks.TaskScheduler"] = Otherwise,
        ["System.Threading.Thread"] = Otherwise,
        ["System.Threading.Timer"] = Otherwise,
        ["System.Threading.WaitHandle"] = Otherwise,
        ["System.Threading.CancellationToken"] = Otherwise,
        ["System.Threading.CancellationTokenSource"] = Otherwise,
        ["System.Threading.SynchronizationContext"] = Otherwise,
        ["System.Reflection.MemberInfo"] = "Store its name.",
        ["System.Reflection.Assembly"] = "Store its name.",
        ["System.Reflection.Module"] = "Store its name.",
        ["System.Reflection.ParameterInfo"] = "Store its name.",
        ["System.Runtime.InteropServices.SafeHandle"] = Otherwise,
        ["System.WeakReference"] = Otherwise,
        ["System.WeakReference<T>"] = Otherwise,
        ["System.Lazy<T>"] = "Store its value, or compute it in a method.",
        ["System.AppDomain"] = Otherwise,
        ["System.Collections.Specialized.NameObjectCollectionBase"] = "Store a 'Dictionary<string, string>'.",
        ["System.Collections.Generic.IAsyncEnumerable<T>"] = Query,
        ["System.Linq.IGrouping<TKey, TElement>"] = "Store a 'Dictionary<TKey, TElement[]>', with ToDictionary().",
        ["System.Net.Http.HttpMessageInvoker"] = Connection,
        ["System.Net.Sockets.Socket"] = Connection,
        ["System.Diagnostics.Process"] = Otherwise,
        ["System.Net.Sockets.TcpClient"] = Connection,
        ["System.Net.Sockets.UdpClient"] = Connection,
        ["System.Net.Sockets.TcpListener"] = Connection,
        ["System.Net.WebSockets.WebSocket"] = Connection,
        ["System.Data.IDbConnection"] = Connection,
        ["System.Data.Common.DbDataSource"] = Connection,
        ["System.Data.Common.DbBatch"] = Connection,
        ["System.Data.IDbTransaction"] = Connection,
        ["System.Data.IDbCommand"] = "Store its text and the values of its parameters.",
        ["System.Data.IDataReader"] = Query,
        ["System.Data.IDataAdapter"] = Connection,
        ["Microsoft.EntityFrameworkCore.DbContext"] = Connection,
        ["Microsoft.EntityFrameworkCore.DbSet<TEntity>"] = Query,
        ["System.Data.Entity.DbContext"] = Connection,
        ["System.Data.Linq.DataContext"] = Connection,
        ["NHibernate.ISession"] = Connection,
        ["MongoDB.Driver.IMongoClient"] = Connection,
        ["MongoDB.Driver.IMongoDatabase"] = Connection,
        ["StackExchange.Redis.IConnectionMultiplexer"] = Connection,
        ["System.Linq.IQueryable"] = Query,
        ["System.Collections.IEnumerator"] = Query,
        ["System.Collections.Generic.IAsyncEnumerator<T>"] = Query,
        ["System.IObservable<T>"] = Query,
        ["System.IServiceProvider"] = "Take the objects that it provides from a [Service] property.",
        ["System.IO.FileSystemWatcher"] = "Store the path that it watches.",
        ["System.Random"] = "Store its seed.",
        ["System.Text.RegularExpressions.Regex"] = "Store its pattern.",
        ["System.Data.DataTable"] = "Store its rows: a list of records, or a dictionary of columns.",
        ["System.Data.DataSet"] = "Store the rows of its tables: lists of records, or dictionaries of columns.",
    };

    public static bool Contains(ITypeSymbol type) => IsOfOneProcess(type) || NameOf(type) is not null;

    /// <summary>Returns true if a type is that of any stream, whose bytes are stored where it is the whole artifact.</summary>
    public static bool IsStream(ITypeSymbol type) => type.OriginalDefinition.ToDisplayString() == "System.IO.Stream";

    public static string FixFor(ITypeSymbol type)
        => type.TypeKind == TypeKind.Delegate ? "Store the values that it uses, and write the function as a method."
            : type.IsRefLikeType ? "Store an array, with ToArray()."
            : NameOf(type) is { } name ? Fixes[name] : Otherwise;

    public static string Noun(ITypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Delegate => "A delegate",
        TypeKind.Pointer or TypeKind.FunctionPointer => "A pointer",
        _ => $"A '{type.Name}'",
    };

    private static bool IsOfOneProcess(ITypeSymbol type)
        => type.TypeKind is TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer || type.IsRefLikeType
            || type.SpecialType == SpecialType.System_Delegate;

    private static string? NameOf(ITypeSymbol type)
        => MetaflowTypes.BasesOf(type).Prepend(type).Concat(type.AllInterfaces).Select(static other => NameOfOne(other as INamedTypeSymbol))
            .FirstOrDefault(static name => name is not null);

    private static string? NameOfOne(INamedTypeSymbol? type) => type switch
    {
        null => null,
        _ => type.OriginalDefinition.ToDisplayString() is var name && Fixes.ContainsKey(name) ? name : null,
    };
}
