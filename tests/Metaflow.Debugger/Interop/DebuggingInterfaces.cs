using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Metaflow.Debugger.Interop;

// The interfaces of cordebug.idl that this debugger calls. The order of the methods is the interface. Methods that nothing calls have only
// their names, and those after the last one that something calls are left out.

/// <summary>The debugging services of the runtime.</summary>
[GeneratedComInterface]
[Guid("3d6f5f61-7538-11d3-8d5b-00104b35e7ef")]
internal partial interface ICorDebug
{
    void Initialize();

    void Terminate();

    void SetManagedHandler(IManagedCallback callback);

    void SetUnmanagedHandler();

    void CreateProcess();

    ICorDebugController DebugActiveProcess(uint processId, int asNativeDebugger);
}

/// <summary>A process or an application domain that is debugged.</summary>
[GeneratedComInterface]
[Guid("3d6f5f62-7538-11d3-8d5b-00104b35e7ef")]
internal partial interface ICorDebugController
{
    void Stop(uint ignored);

    void Continue(int isOutOfBand);

    int IsRunning();

    void HasQueuedCallbacks();

    void EnumerateThreads();

    void SetAllThreadsDebugState();

    void Detach();
}

/// <summary>A library that is loaded in the process.</summary>
[GeneratedComInterface]
[Guid("dba2d8c1-e5c5-4069-8c13-10a7c6abf43d")]
internal partial interface ICorDebugModule
{
    void GetProcess();

    void GetBaseAddress();

    void GetAssembly();

    unsafe void GetName(uint capacity, uint* length, char* name);

    void EnableJITDebugging();

    void EnableClassLoadCallbacks();

    ICorDebugFunction GetFunctionFromToken(int methodToken);
}

/// <summary>A method.</summary>
[GeneratedComInterface]
[Guid("CC7BCAF3-8A68-11d2-983C-0000F808342D")]
internal partial interface ICorDebugFunction
{
    void GetModule();

    void GetClass();

    int GetToken();

    ICorDebugCode GetILCode();
}

/// <summary>The code of a method in the intermediate language.</summary>
[GeneratedComInterface]
[Guid("CC7BCAF4-8A68-11d2-983C-0000F808342D")]
internal partial interface ICorDebugCode
{
    void IsIL();

    void GetFunction();

    void GetAddress();

    void GetSize();

    ICorDebugBreakpoint CreateBreakpoint(int offset);
}

/// <summary>A place in code at which the process stops.</summary>
[GeneratedComInterface]
[Guid("CC7BCAE8-8A68-11d2-983C-0000F808342D")]
internal partial interface ICorDebugBreakpoint
{
    void Activate(int isActive);
}
